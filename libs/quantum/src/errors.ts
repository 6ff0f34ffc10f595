/** Thrown when a circuit, an angle or an observable is malformed. The message names the gate and the allowed values. */
export class CircuitError extends Error {
  override name = 'CircuitError';
  readonly code = 'invalid';
}

/** Thrown when one setting of a circuit does not fit the others, such as more inputs than its encoding takes. */
export class CircuitSettingError extends CircuitError {
  override name = 'CircuitSettingError';
  /** The setting, such as `qubits` or `inputs`, or an option of the ansatz, such as `electrons`. */
  readonly setting: string;
  /** What is wrong and which values are allowed, without the setting's name. */
  readonly reason: string;

  constructor(setting: string, reason: string) {
    super(`${setting}: ${reason}`);
    this.setting = setting;
    this.reason = reason;
  }
}

/** Thrown before any allocation when a circuit needs more qubits or memory than a simulator supports. */
export class CircuitTooLargeError extends Error {
  override name = 'CircuitTooLargeError';
  readonly code = 'invalid';
}
