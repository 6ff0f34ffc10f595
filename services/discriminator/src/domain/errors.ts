/** Thrown when a hyperparameter, an objective or a seed is not what the discriminator offers; the message says what would be right. */
export class InvalidSettingError extends Error {
  override readonly name = 'InvalidSettingError';
}

/** Thrown when points cannot be judged: a wrong shape, a class without training points, a value that is not finite. */
export class InvalidPointsError extends Error {
  override readonly name = 'InvalidPointsError';
}

/** Thrown when a step's index is repeated or skipped, or a part of the exchange comes out of order. */
export class OutOfOrderError extends Error {
  override readonly name = 'OutOfOrderError';
}

/** Thrown when an attempt at a fit speaks after a later attempt at the same fit was seen. */
export class StaleAttemptError extends Error {
  override readonly name = 'StaleAttemptError';
}

/** Thrown when a loss, a logit or a gradient of the critic is not a finite number. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

/** Thrown when bytes are no checkpoint, or one of another critic, version or data set. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}
