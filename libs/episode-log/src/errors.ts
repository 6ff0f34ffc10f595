/** The base of every error that the log and the artifact store throw on their own account. */
export class EpisodeLogError extends Error {
  override name = 'EpisodeLogError';
}

/** Thrown when a key, a header, a reference's name or a hash is malformed. */
export class InvalidKeyError extends EpisodeLogError {
  override name = 'InvalidKeyError';
}

/** Thrown when a URL names no log or no store, or its options are wrong. */
export class InvalidUrlError extends EpisodeLogError {
  override name = 'InvalidUrlError';
}

/** Thrown when a log or store is used after `close()`. */
export class LogClosedError extends EpisodeLogError {
  override name = 'LogClosedError';
}

/**
 * Thrown when the log or store could not be reached, stayed locked for longer than its limit, or could not write for
 * want of room or of a writable disk. Nothing is lost, and safe to retry.
 */
export class LogUnavailableError extends EpisodeLogError {
  override name = 'LogUnavailableError';
}

/** Thrown when a log or store cannot work where it was put: a network file system, a wrong schema, a wrong stream. */
export class LogUnusableError extends EpisodeLogError {
  override name = 'LogUnusableError';
}

/** Thrown when the file of a log is damaged. No other try mends it; the message says what may. */
export class LogCorruptError extends LogUnusableError {
  override name = 'LogCorruptError';
}

/** Thrown when a durable consumer's name is in use for another slot. */
export class ConsumerConflictError extends EpisodeLogError {
  override name = 'ConsumerConflictError';
}

/** Thrown when no artifact of that hash is stored. */
export class ArtifactMissingError extends EpisodeLogError {
  override name = 'ArtifactMissingError';
}

/** Thrown when what is stored under a hash does not have that hash. */
export class ArtifactCorruptError extends EpisodeLogError {
  override name = 'ArtifactCorruptError';
}
