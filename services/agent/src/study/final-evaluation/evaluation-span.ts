import { contextFromHeaders } from '@qloom/telemetry/event-headers.ts';
import { recordStageDuration } from '@qloom/telemetry/metrics.ts';
import { ATTR_OUTCOME } from '@qloom/telemetry/schema.ts';
import { withSpan } from '@qloom/telemetry/spans.ts';
import type { StudyView } from '../replay/study-view.ts';
import type { Clock } from '../retry/clock.ts';

/** Links of one span; OpenTelemetry's limit, by default, is 128. */
const LINKS_PER_SPAN = 100;

/**
 * Ends the final evaluation by `write` in a span of the study's trace, which begins where the search ended and links to the traces of
 * all jobs. A study with more jobs than a span can link to has further spans of that name.
 */
export async function inEvaluationSpan(
  view: StudyView,
  outcome: 'ok' | 'failed',
  clock: Clock,
  write: () => Promise<void>,
): Promise<void> {
  const searchedMs = Math.max(
    view.createdMs,
    ...[...view.episodes.values()].map(({ reward }) => reward?.log.timeMs ?? 0),
  );
  const jobs = [...view.traces].filter(([slot]) => slot.startsWith('unit-')).map(([, headers]) => headers);
  const span = (from: number) => ({
    study: view.study,
    parent: contextFromHeaders(view.traces.get('create')),
    startTimeMs: searchedMs,
    links: jobs.slice(from, from + LINKS_PER_SPAN).map(contextFromHeaders),
  });
  await withSpan('final-evaluation', span(0), async (active) => {
    await write();
    active.setAttribute(ATTR_OUTCOME, outcome);
  });
  for (let from = LINKS_PER_SPAN; from < jobs.length; from += LINKS_PER_SPAN) {
    await withSpan('final-evaluation', span(from), (active) => void active.setAttribute(ATTR_OUTCOME, outcome));
  }
  recordStageDuration('final-evaluation', outcome, (clock.now() - searchedMs) / 1000);
}
