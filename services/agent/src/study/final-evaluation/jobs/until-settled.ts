import { classifyFault } from '@qloom/service-kit/faults/faults.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { type RetryDeps, untilDone } from '../../retry/until-done.ts';
import type { FailedJob } from './job-results.ts';

/**
 * Runs a job of the final evaluation until there is a result. Besides a measurement only two answers are results: that a
 * service refuses it (INVALID_ARGUMENT), and that it diverged. Whatever else goes wrong is the infrastructure's fault, or a
 * program's, and says nothing of the job. That holds for what this process itself calls invalid too: settings and data
 * were checked before the study was created, so it speaks of an answer that another implementation may give rightly.
 */
export function untilSettled(step: string, work: () => Promise<unknown>, retry: RetryDeps): Promise<unknown> {
  return untilDone(
    step,
    async () => {
      try {
        return await work();
      } catch (error) {
        const failed = failedJob(error);
        if (failed === undefined || retry.signal.aborted) throw error;
        retry.log.warn('a job failed', { job: step, reason: failed.reason, error });
        return failed;
      }
    },
    retry,
  );
}

function failedJob(error: unknown): FailedJob | undefined {
  const fault = classifyFault(error);
  if (fault.kind !== 'failed') return undefined;
  const failed = error instanceof Error ? error.message : String(error);
  if (fault.reason === 'diverged') return { failed, reason: 'diverged' };
  return fault.reason === 'invalid' && isServiceError(error) ? { failed, reason: 'invalid' } : undefined;
}
