/** Thrown when a circuit, an angle or an observable is malformed. The message names the gate and what would be right. */
export class CircuitError extends Error {
  override name = 'CircuitError';
  readonly code = 'invalid';
}

/** Thrown before anything is allocated when a circuit needs more qubits or memory than a simulator has. */
export class CircuitTooLargeError extends Error {
  override name = 'CircuitTooLargeError';
  readonly code = 'invalid';
}
