/** Thrown when a loss is no longer finite. The message names the training, the step, and what to change. */
export class TrainingDivergedError extends Error {
  override name = 'TrainingDivergedError';
  readonly code = 'diverged';
}

/** Thrown when training is cancelled before its last step. */
export class TrainingCancelledError extends Error {
  override name = 'TrainingCancelledError';
  readonly code = 'cancelled';
}
