import { echoed } from '@qloom/tensor/quoted.ts';

/** Thrown when services advertise hyperparameters that contradict each other or themselves. */
export class SpaceConflictError extends Error {
  override readonly name = 'SpaceConflictError';
  readonly code = 'precondition';
  /** Name of the hyperparameter. */
  readonly parameter: string;
  /** What is wrong with it. */
  readonly reason: string;

  constructor(parameter: string, reason: string) {
    super(`hyperparameter ${echoed(parameter)}: ${reason}`);
    this.parameter = parameter;
    this.reason = reason;
  }
}
