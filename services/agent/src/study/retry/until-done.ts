import { classifyFault } from '@qloom/service-kit/faults/faults.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { Clock } from './clock.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { Stalls } from './stalls.ts';
import type { FailedUnit } from '../final-evaluation/jobs/job-results.ts';

/** What trying again needs. */
export interface RetryDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly stalls: Stalls;
  /** Ends the retries. */
  readonly signal: AbortSignal;
}

/** Does `work` until it succeeds; while it fails, `stalls` says so under `step`. Rejects once `signal` has aborted, and only then. */
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

/**
 * Does a unit of the final evaluation until there is a result. Only two answers are one besides what the unit measures: that a
 * service refuses it (INVALID_ARGUMENT), and that it diverged. Whatever else goes wrong is the infrastructure's fault, or a
 * program's, and says nothing of the unit. That holds for what this process itself calls invalid too: settings and data
 * were checked before the study was created, so it speaks of an answer that another implementation may give rightly.
 */
export function untilSettled(step: string, work: () => Promise<unknown>, retry: RetryDeps): Promise<unknown> {
  return untilDone(
    step,
    async () => {
      try {
        return await work();
      } catch (error) {
        const failed = failedUnit(error);
        if (failed === undefined || retry.signal.aborted) throw error;
        retry.log.warn('a unit failed', { unit: step, reason: failed.reason, error });
        return failed;
      }
    },
    retry,
  );
}

function failedUnit(error: unknown): FailedUnit | undefined {
  const fault = classifyFault(error);
  if (fault.kind !== 'failed') return undefined;
  const failed = error instanceof Error ? error.message : String(error);
  if (fault.reason === 'diverged') return { failed, reason: 'diverged' };
  return fault.reason === 'invalid' && isServiceError(error) ? { failed, reason: 'invalid' } : undefined;
}
