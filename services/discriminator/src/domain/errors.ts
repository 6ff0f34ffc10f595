/*
 * Errors of the discriminator's domain. Each carries a `code` from the list of service-kit's `errors.ts`, which maps it to a gRPC
 * status.
 */

/** Thrown when the discriminator does not offer an objective or a seed; the message says what would be right. */
export class InvalidSettingError extends Error {
  override readonly name = 'InvalidSettingError';
  readonly code = 'invalid';
}

/** Thrown when points cannot be judged: a wrong shape, a class without training points, a value that is not finite. */
export class InvalidPointsError extends Error {
  override readonly name = 'InvalidPointsError';
  readonly code = 'invalid';
}

/** Thrown when a step's index is repeated or skipped, or a step comes after the close. */
export class OutOfOrderError extends Error {
  override readonly name = 'OutOfOrderError';
  readonly code = 'precondition';
}

/** Thrown when a message comes from an attempt at a fit after a later attempt at the same fit was seen. */
export class StaleAttemptError extends Error {
  override readonly name = 'StaleAttemptError';
  readonly code = 'precondition';
}

/** Thrown when a loss, a logit or a gradient of the critic is not a finite number. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly code = 'diverged';
}

/** Thrown when bytes are not a checkpoint, or are one of another critic, version or data set. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code = 'precondition';
}

/**
 * Thrown when this process already has its maximum number of critics; the caller can retry later or on another replica.
 */
export class TooManyCriticsError extends Error {
  override readonly name = 'TooManyCriticsError';
  readonly code = 'exhausted';
}

/**
 * Thrown when the assessing thread was lost: killed, out of memory, or the service is closing. The call can be retried.
 */
export class AssessorLostError extends Error {
  override readonly name = 'AssessorLostError';
  readonly code = 'unavailable';
}
