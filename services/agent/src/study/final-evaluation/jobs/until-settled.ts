import { classifyFault } from '@qloom/service-kit/faults/faults.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { type RetryDeps, untilDone } from '../../retry/until-done.ts';
import type { FailedJob } from './job-results.ts';
import type { TracedResult } from './job-span.ts';

/**
 * Runs a job of the final evaluation until there is a result. Besides a measurement only two outcomes are results: a
 * service refuses it (INVALID_ARGUMENT), or it diverged. Every other error is a fault of the infrastructure or of a
 * program, and is retried. This includes errors of kind `invalid` of this process itself: settings and data were
 * checked before the study was created, so that such an error concerns a peer's answer, which another implementation
 * may give correctly. Each attempt runs in a span of its own, by `inSpan`.
 */
export function untilSettled(
  step: string,
  work: () => Promise<unknown>,
  inSpan: (attempt: () => Promise<unknown>) => Promise<TracedResult>,
  retry: RetryDeps,
): Promise<TracedResult> {
  const attempt = async (): Promise<unknown> => {
    try {
      return await work();
    } catch (error) {
      const failed = failedJob(error);
      if (failed === undefined || retry.signal.aborted) throw error;
      retry.log.warn('a job failed', { job: step, reason: failed.reason, error });
      return failed;
    }
  };
  return untilDone(step, () => inSpan(attempt), retry);
}

function failedJob(error: unknown): FailedJob | undefined {
  const fault = classifyFault(error);
  if (fault.kind !== 'failed') return undefined;
  const failed = error instanceof Error ? error.message : String(error);
  if (fault.reason === 'diverged') return { failed, reason: 'diverged' };
  return fault.reason === 'invalid' && isServiceError(error) ? { failed, reason: 'invalid' } : undefined;
}
