/** Thrown when a circuit, an angle or an observable is malformed. The message names the gate and what would be right. */
export class CircuitError extends Error {
  override name = 'CircuitError';
  readonly code = 'invalid';
}

/** Thrown when one setting of a circuit does not fit the others, such as more inputs than its encoding takes. */
export class CircuitSettingError extends CircuitError {
  override name = 'CircuitSettingError';
  /** The setting, such as `qubits` or `inputs`, or an option of the ansatz, such as `electrons`. */
  readonly setting: string;
  /** What is wrong and what would be right, without the setting's name. */
  readonly reason: string;

  constructor(setting: string, reason: string) {
    super(`${setting}: ${reason}`);
    this.setting = setting;
    this.reason = reason;
  }
}

/** Thrown before anything is allocated when a circuit needs more qubits or memory than a simulator has. */
export class CircuitTooLargeError extends Error {
  override name = 'CircuitTooLargeError';
  readonly code = 'invalid';
}
