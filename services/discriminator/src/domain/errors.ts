/*
 * Errors of the discriminator's domain. Each carries a `code` from the list of service-kit's `errors.ts`, which maps it to a gRPC
 * status.
 */

/** Thrown when an objective or a seed is not what the discriminator offers; the message says what would be right. */
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

/** Thrown when an attempt at a fit speaks after a later attempt at the same fit was seen. */
export class StaleAttemptError extends Error {
  override readonly name = 'StaleAttemptError';
  readonly code = 'precondition';
}

/** Thrown when a loss, a logit or a gradient of the critic is not a finite number. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly code = 'diverged';
}

/** Thrown when bytes are no checkpoint, or one of another critic, version or data set. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly code = 'precondition';
}

/** Thrown when this process has as many critics as it may have; fewer at once, or another replica, would work. */
export class TooManyCriticsError extends Error {
  override readonly name = 'TooManyCriticsError';
  readonly code = 'exhausted';
}

/** Thrown when the thread that assesses is gone: killed, out of memory, or the service is closing. Asking again works. */
export class AssessorLostError extends Error {
  override readonly name = 'AssessorLostError';
  readonly code = 'unavailable';
}
