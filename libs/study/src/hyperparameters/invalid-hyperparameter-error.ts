/** Thrown when a value, a configuration or a study's search space does not fit the offered hyperparameters. */
export class InvalidHyperparameterError extends Error {
  override readonly name = 'InvalidHyperparameterError';
  readonly code = 'invalid';
  /** Name of the hyperparameter, or its path in the study's settings, such as `space.synthRatio.max`. */
  readonly field: string;
  /** What is wrong with it and what would be right. */
  readonly reason: string;

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`);
    this.field = field;
    this.reason = reason;
  }
}
