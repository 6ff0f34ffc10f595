/** Base of the errors of the log and the artifact store. */
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
 * Thrown when the log or store could not be reached, stayed locked for longer than its limit, or could not write
 * because the disk is full or read-only. Nothing is lost; safe to retry.
 */
export class LogUnavailableError extends EpisodeLogError {
  override name = 'LogUnavailableError';
}

/** Thrown when a log or store cannot work at its location: a network file system, a wrong schema, a wrong stream. */
export class LogUnusableError extends EpisodeLogError {
  override name = 'LogUnusableError';
}

/** Thrown when the file of a log is damaged. Retrying does not help; the message suggests remedies. */
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

/** Thrown when the content stored under a hash does not have that hash. */
export class ArtifactCorruptError extends EpisodeLogError {
  override name = 'ArtifactCorruptError';
}
