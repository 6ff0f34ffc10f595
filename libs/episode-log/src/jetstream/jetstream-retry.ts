import { setTimeout as sleep } from 'node:timers/promises';
import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/nats-core';
import { LogClosedError, LogUnavailableError } from '../errors.ts';
import { jitteredMs } from '../log-options.ts';
import type { Reconnects } from '../nats/nats-reconnects.ts';
import { ConnectionLostError, isOutOfReach, reasonOf } from './jetstream-answers.ts';

/**
 * Calls `work` until it does not fail for a missing answer or a reached limit: a server that restarts, a stream between
 * two leaders, a limit of consumers or bytes that is reached for now (`isOutOfReach`). `work` must be safe to repeat,
 * even while an earlier call of it is still under way. Throws `LogUnavailableError` once the time is up,
 * `LogClosedError` when our own connection is closed, and whatever else `work` throws.
 */
export type Retry = <T>(work: () => Promise<T>) => Promise<T>;

/** Options of {@link createRetry}. */
export interface RetryOptions {
  /** How long to retry, in milliseconds. */
  readonly unavailableAfterMs: number;
  readonly reconnects: Reconnects;
  /** Ends it early. */
  readonly closing: AbortSignal;
  /** Called with the first error that is retried; `reconnects` warns of a lost connection. */
  readonly warn: (message: string) => void;
}

/** A {@link Retry} that ends after `unavailableAfterMs`, or when `closing` aborts. */
export function createRetry({ unavailableAfterMs, reconnects, closing, warn }: RetryOptions): Retry {
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
            `NATS JetStream did not do it in ${unavailableAfterMs} ms of tries: ${reasonOf(error)}`,
            { cause: error },
          );
        }
        if (round === 0 && error instanceof JetStreamApiError) warn(`NATS: ${reasonOf(error)}; trying again`);
        await sleep(jitteredMs(Math.min(20 * 2 ** Math.min(round, 10), 250)));
      }
    }
  };
}

/** The result of `work`, or a `ConnectionLostError` once the connection is lost, since no answer will arrive. */
export async function whileConnected<T>(reconnects: Reconnects, work: () => Promise<T>): Promise<T> {
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
