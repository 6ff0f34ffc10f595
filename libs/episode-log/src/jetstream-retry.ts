import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '@nats-io/nats-core';
import { LogClosedError, LogUnavailableError } from './errors.ts';
import { jitteredMs } from './log-options.ts';
import type { Reconnects } from './nats-reconnects.ts';

/**
 * Calls `work` until it does not fail for want of an answer: a server that restarts, a stream between two leaders.
 * `work` must be safe to repeat, even while an earlier call of it is still under way. Throws `LogUnavailableError` once
 * the time is up, `LogClosedError` when our own connection is closed, and whatever else `work` throws.
 */
export type Retry = <T>(work: () => Promise<T>) => Promise<T>;

/** What was asked of a server that then went away will never be answered: ask the next one. */
class ConnectionLostError extends Error {}

/** A {@link Retry} that goes on for `unavailableAfterMs`, or until `closing` aborts. */
export function createRetry(unavailableAfterMs: number, reconnects: Reconnects, closing: AbortSignal): Retry {
  return async (work) => {
    const deadlineMs = performance.now() + unavailableAfterMs;
    for (let round = 0; ; round++) {
      try {
        return await whileConnected(reconnects, work);
      } catch (error) {
        if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError) {
          throw new LogClosedError('the connection to NATS is closed', { cause: error });
        }
        if (!isOutOfReach(error)) throw error;
        if (closing.aborted) throw new LogClosedError('closed while NATS did not answer', { cause: error });
        if (performance.now() > deadlineMs) {
          throw new LogUnavailableError(
            `NATS JetStream has not answered for ${unavailableAfterMs} ms: ${(error as Error).message}`,
            { cause: error },
          );
        }
        await sleep(jitteredMs(Math.min(20 * 2 ** Math.min(round, 10), 250)));
      }
    }
  };
}

async function whileConnected<T>(reconnects: Reconnects, work: () => Promise<T>): Promise<T> {
  // A request would wait in the client's memory for the connection, and its time would run out there.
  if (!reconnects.isConnected()) throw new ConnectionLostError('there is no connection');
  let unsubscribe = (): void => {};
  const interrupted = new Promise<never>((_, reject) => {
    unsubscribe = reconnects.subscribeLoss(() => reject(new ConnectionLostError('the connection was lost')));
  });
  try {
    return await Promise.race([work(), interrupted]);
  } finally {
    unsubscribe();
  }
}

/** Whether a failed call may succeed when it is made again: nobody answered, or not in time. */
export function isOutOfReach(error: unknown): boolean {
  if (
    error instanceof ConnectionLostError ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.NoRespondersError ||
    error instanceof errors.ConnectionError
  ) {
    return true;
  }
  // "No responders" comes wrapped: as RequestError, and once more as JetStreamNotEnabled.
  return error instanceof Error && error.cause !== undefined && isOutOfReach(error.cause);
}
