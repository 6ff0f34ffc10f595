import { ConsumerConflictError, EpisodeLogError, InvalidKeyError, InvalidUrlError } from '@qloom/episode-log/errors.ts';

/** Whether an error is a fault of the log, the artifact store, the disk, the network, or a passed deadline. */
export function isInfrastructureError(error: unknown): boolean {
  if (error instanceof EpisodeLogError) return !MISUSES.some((type) => error instanceof type);
  if (!(error instanceof Error)) return false;
  if (error.name === 'AbortError' || error.name === 'TimeoutError' || NATS_ERRORS.has(error.name)) return true;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return typeof syscall === 'string' || (typeof code === 'string' && SYSTEM_ERROR.test(code));
}

/** Errors caused by a NATS server or the connection to it; by name, since only the log's adapters import the client. */
const NATS_ERRORS: ReadonlySet<string> = new Set([
  'JetStreamApiError',
  'JetStreamError',
  'JetStreamNotEnabled',
  'JetStreamStatusError',
  'ConsumerNotFoundError',
  'StreamNotFoundError',
  'NoResponders',
  'RequestError',
  'ConnectionError',
  'ClosedConnectionError',
  'DrainingConnectionError',
  'ProtocolError',
  'AuthorizationError',
  'PermissionViolationError',
  'UserAuthenticationExpiredError',
]);

/** Errors of log and store that are caused by a bug, or by an event with invalid content. */
const MISUSES = [InvalidKeyError, InvalidUrlError, ConsumerConflictError];

/** An error of the operating system (`ENOENT`, `ENOSPC`, `EIO`, `EAI_AGAIN`, …); those of Node itself begin with `ERR_`. */
const SYSTEM_ERROR = /^E(?!RR_)[A-Z0-9_]+$/;
