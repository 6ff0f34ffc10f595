/*
 * Errors of the generator's domain. Each carries a `code` from the list of service-kit's `errors.ts`, which maps it to a gRPC
 * status.
 */

/**
 * Thrown when the training points cannot be used: there are none, a label is out of range, a value is not a number, or
 * lengths differ.
 */
export class InvalidTrainingDataError extends Error {
  override readonly name = 'InvalidTrainingDataError';
  readonly code = 'invalid';
}

/** Thrown when bytes are not a model: damaged, or of another kind or format version. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code = 'invalid';
}

/** Thrown when a fit cannot continue from a model: it is none, or of another method, shape of the network or training points. */
export class InvalidInitialModelError extends Error {
  override readonly name = 'InvalidInitialModelError';
  readonly code = 'invalid';

  constructor(problem: string, options?: ErrorOptions) {
    super(`initial_model: ${problem}`, options);
  }
}

/** Thrown when a request for samples is invalid: an unknown class, or a negative or fractional count. */
export class InvalidSampleRequestError extends Error {
  override readonly name = 'InvalidSampleRequestError';
  readonly code = 'invalid';
}

/** Thrown when a quantity of the fit stops being a finite number. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly code = 'diverged';
  /** The step at which it happened, from 0. */
  readonly step: number;
  /**
   * The quantity that was not finite: `reconstruction`, `kl`, `adversarial`, `diversity`, `moment`, `samples`, `critic
   * gradient`.
   */
  readonly quantity: string;

  constructor(step: number, quantity: string, value: number) {
    super(`fit diverged at step ${step}: ${quantity} is ${value}; lower gan.lrG, gan.lrD or the weight of that loss`);
    this.step = step;
    this.quantity = quantity;
  }
}

/** Thrown when a fit or a sampling was cancelled through its AbortSignal. Every tensor is freed before it is thrown. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  readonly code = 'cancelled';
}

/**
 * Thrown by a {@link Critic} whose peer is unavailable (a dead process, a broken stream). The fit continues from its
 * last checkpoint with a new critic; any other error ends it.
 */
export class CriticLostError extends Error {
  override readonly name = 'CriticLostError';
  readonly code = 'unavailable';
}

/**
 * Thrown when a fit cannot continue from a checkpoint: it belongs to other settings, another seed or other training points, or it is
 * damaged or of another format version. The same fit without the checkpoint can succeed.
 */
export class UnusableCheckpointError extends Error {
  override readonly name = 'UnusableCheckpointError';
  readonly code = 'precondition';
}
