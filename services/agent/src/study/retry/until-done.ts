import { classifyFault } from '@qloom/service-kit/faults/faults.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { Clock } from './clock.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { Stalls } from './stalls.ts';

/** Dependencies of retries. */
export interface RetryDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly stalls: Stalls;
  /** Ends the retries. */
  readonly signal: AbortSignal;
}

/**
 * Runs `work` until it succeeds; while it fails, `stalls` has the reason under `step`. Rejects only once `signal` has
 * aborted.
 */
export async function untilDone<T>(
  step: string,
  work: () => Promise<T>,
  { clock, log, stalls, signal }: RetryDeps,
): Promise<T> {
  try {
    for (let faults = 1; ; faults++) {
      signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        log.warn('a step failed; it is tried again', { step, fault: classifyFault(error).kind, error });
        stalls.note(step, error);
        await clock.sleep(retryDelayMs(faults), signal);
      }
    }
  } finally {
    stalls.clear(step);
  }
}
