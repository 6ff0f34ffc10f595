import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import { errors } from '@nats-io/nats-core';

/** Thrown when the connection was lost before an answer: the request has to be repeated on the next server. */
export class ConnectionLostError extends Error {}

/**
 * Error codes of the server (its errors.json) about limits and storage that can change over time. All have status 400.
 */
const NO_ROOM = new Set([
  10002, // resource limits exceeded for account
  10005, // no suitable peers for placement
  10026, // maximum consumers limit reached
  10027, // maximum number of streams reached
  10202, // cluster member change is in progress
]);

/** Answers of status 500 or 503 that are not retryable: the server is not configured for the request. */
const NOT_SET_UP = new Set([
  10006, // JetStream not in clustered mode
  10010, // JetStream clustering support required
  10035, // account not found
  10036, // not supported in clustered mode
  10039, // JetStream not enabled for account
  10052, // stream configuration invalid
  10063, // expected stream does not match
  10074, // replicas > 1 not supported in non-clustered mode
  10076, // JetStream not enabled
  10117, // subject details would exceed maximum allowed
]);

/** Statuses that end a pull: no message in time, a limit or a change of leaders, too many requests, no responders. */
const PASSING_STATUS = new Set([408, 409, 429, 503]);

/** Answers to a conditional publish that leave the winner open: the subject has to be read. */
const UNDECIDED = new Set([
  10071, // wrong last sequence: {seq}
  10158, // duplicate message id is in process
  10164, // wrong last sequence
]);

/** Whether a publish on the condition that its subject is empty lost, or may have. */
export function isUndecided(error: unknown): boolean {
  return error instanceof JetStreamApiError && UNDECIDED.has(error.code);
}

/** Whether a failed call to NATS is retryable: no answer in time, or a limit that is reached for now. */
export function isOutOfReach(error: unknown): boolean {
  if (
    error instanceof ConnectionLostError ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.NoRespondersError ||
    error instanceof errors.ConnectionError
  ) {
    return true;
  }
  if (error instanceof JetStreamApiError) {
    if (NO_ROOM.has(error.code)) return true;
    return (error.status >= 500 || PASSING_STATUS.has(error.status)) && !NOT_SET_UP.has(error.code);
  }
  if (error instanceof JetStreamError) {
    const { code } = error as { readonly code?: number };
    return code === undefined || PASSING_STATUS.has(code); // without a code: heartbeats missed
  }
  // "No responders" comes wrapped: as RequestError, and once more as JetStreamNotEnabled.
  return error instanceof Error && error.cause !== undefined && isOutOfReach(error.cause);
}

/** `maximum consumers limit reached (NATS error 10026)`: the error, in the server's words if it sent some. */
export function reasonOf(error: unknown): string {
  if (error instanceof JetStreamApiError) return `${error.message} (NATS error ${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
