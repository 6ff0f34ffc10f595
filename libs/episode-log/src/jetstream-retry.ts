import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '@nats-io/nats-core';
import { LogClosedError, LogUnavailableError } from './errors.ts';
import { type CompleteLogOptions, jitteredMs } from './log-options.ts';

/**
 * Calls `work` until it does not fail for want of an answer: a server that restarts, a stream between two leaders.
 * `work` must be safe to repeat. Throws `LogUnavailableError` once `unavailableAfterMs` have passed, `LogClosedError`
 * when our own connection is closed, and whatever else `work` throws.
 */
export async function retryWhileOutOfReach<T>(options: CompleteLogOptions, work: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + options.unavailableAfterMs;
  for (let round = 0; ; round++) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError) {
        throw new LogClosedError('the connection to NATS is closed', { cause: error });
      }
      if (!isOutOfReach(error)) throw error;
      if (performance.now() > deadlineMs) {
        throw new LogUnavailableError(
          `NATS JetStream has not answered for ${options.unavailableAfterMs} ms: ${(error as Error).message}`,
          { cause: error },
        );
      }
      await sleep(jitteredMs(Math.min(20 * 2 ** Math.min(round, 10), 1_000)));
    }
  }
}

/** Whether a failed call may succeed when it is made again: nobody answered, or not in time. */
export function isOutOfReach(error: unknown): boolean {
  if (
    error instanceof errors.TimeoutError ||
    error instanceof errors.NoRespondersError ||
    error instanceof errors.ConnectionError
  ) {
    return true;
  }
  // "No responders" comes wrapped: as RequestError, and once more as JetStreamNotEnabled.
  return error instanceof Error && error.cause !== undefined && isOutOfReach(error.cause);
}
