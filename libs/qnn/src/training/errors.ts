/** Thrown when a loss is no longer finite. The message says which training, at which step, and what would be right. */
export class TrainingDivergedError extends Error {
  override name = 'TrainingDivergedError';
  readonly code = 'diverged';
}

/** Thrown when training was told to stop before its last step. */
export class TrainingCancelledError extends Error {
  override name = 'TrainingCancelledError';
  readonly code = 'cancelled';
}
