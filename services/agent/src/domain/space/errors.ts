import { echoed } from '@qloom/tensor/quoted.ts';

/** Thrown when services advertise hyperparameters that contradict each other or themselves. */
export class SpaceConflictError extends Error {
  override readonly name = 'SpaceConflictError';
  readonly code = 'precondition';
  /** The parameter in question. */
  readonly parameter: string;
  /** What is wrong with it. */
  readonly reason: string;

  constructor(parameter: string, reason: string) {
    super(`hyperparameter ${echoed(parameter)}: ${reason}`);
    this.parameter = parameter;
    this.reason = reason;
  }
}

/** Thrown when a study's `space` or a point does not fit the space that the services offer. */
export class InvalidSpaceError extends Error {
  override readonly name = 'InvalidSpaceError';
  readonly code = 'invalid';
  /** Where it stands in the study's settings, such as `space.synthRatio.max`. */
  readonly field: string;

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`);
    this.field = field;
  }
}
