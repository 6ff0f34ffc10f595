import { traceHeaders } from '@qloom/telemetry/event-headers.ts';
import { recordStageDuration } from '@qloom/telemetry/metrics.ts';
import { ATTR_JOB, ATTR_JOB_KIND, ATTR_OUTCOME, type Outcome } from '@qloom/telemetry/schema.ts';
import { type SpanOptions, withSpan } from '@qloom/telemetry/spans.ts';
import type { Job } from '../../../domain/evaluation/jobs.ts';
import type { Clock } from '../../retry/clock.ts';
import { isFailedJob } from './job-results.ts';

/** The result of a job, and the trace headers of the attempt that gave it. */
export interface TracedResult {
  readonly result: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Runs one attempt at a job as a trace of its own, linked to the creation of its study. A study has hundreds of jobs with several
 * calls each, and retries without limit: in one trace nobody could read them.
 */
export async function inJobSpan(
  { name, kind }: Job,
  { study, links }: Pick<SpanOptions, 'study' | 'links'>,
  clock: Clock,
  work: () => Promise<unknown>,
): Promise<TracedResult> {
  const startedMs = clock.now();
  let outcome: Outcome = 'retry';
  const attributes = { [ATTR_JOB]: name, [ATTR_JOB_KIND]: kind };
  return withSpan('job', { study, links, attributes, parent: 'root' }, async (span) => {
    try {
      const result = await work();
      outcome = isFailedJob(result) ? 'failed' : 'ok';
      return { result, headers: traceHeaders() };
    } finally {
      span.setAttribute(ATTR_OUTCOME, outcome);
      recordStageDuration('job', outcome, (clock.now() - startedMs) / 1000);
    }
  });
}
