import { STAGES } from '@qloom/study/stages.ts';
import { ATTR_EPISODE, ATTR_OUTCOME, SPAN_NAMES } from '@qloom/telemetry/schema.ts';
import { durationMs, type KeptSpan } from './kept-span.ts';
import { quantile } from './percentile.ts';

/** How long one stage, or one step inside a stage, took over a study. Times in seconds. */
export interface StageTimes {
  readonly stage: string;
  /** Whether it is a step inside a stage. */
  readonly step: boolean;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly total: number;
  /** Tries that ended in an infrastructure fault and came again; they are not in the other figures. */
  readonly retries: number;
  /** Wait from the stage before to this one's start; absent for steps and for the first stage. */
  readonly wait?: { readonly p50: number; readonly p95: number; readonly p99: number };
}

/** Times of the stages and of their steps, in the order of the schema; those without a span are left out. */
export function stageTimes(spans: readonly KeptSpan[]): StageTimes[] {
  const rows: StageTimes[] = [];
  for (const stage of SPAN_NAMES) {
    const all = spans.filter((span) => span.name === stage);
    const done = all.filter((span) => span.attributes[ATTR_OUTCOME] !== 'retry' && span.status !== 'error');
    if (all.length === 0) continue;
    const seconds = done.map((span) => durationMs(span) / 1000).sort((a, b) => a - b);
    const waits = waitsOf(stage, done, spans);
    rows.push({
      stage,
      step: !STAGES.some(({ name }) => name === stage),
      count: done.length,
      ...quantiles(seconds),
      total: seconds.reduce((sum, value) => sum + value, 0),
      retries: all.length - done.length,
      ...(waits.length > 0 ? { wait: quantiles(waits) } : {}),
    });
  }
  return rows;
}

function quantiles(sorted: readonly number[]): { p50: number; p95: number; p99: number } {
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}

/** Waits in seconds, in rising order: from the end of the last of the stages before, in the same trace, to each start. */
function waitsOf(stage: string, done: readonly KeptSpan[], spans: readonly KeptSpan[]): number[] {
  const before: readonly string[] = STAGES.find(({ name }) => name === stage)?.reads ?? [];
  if (before.length === 0) return [];
  const ends = new Map<string, number>();
  for (const span of spans) {
    if (!before.includes(span.name) || span.attributes[ATTR_OUTCOME] === 'retry') continue;
    const key = episodeKey(span);
    ends.set(key, Math.max(ends.get(key) ?? 0, span.endMs));
  }
  return done
    .flatMap((span) => {
      const end = ends.get(episodeKey(span));
      return end === undefined ? [] : [Math.max(0, span.startMs - end) / 1000];
    })
    .sort((a, b) => a - b);
}

function episodeKey(span: KeptSpan): string {
  return `${span.traceId}/${span.attributes[ATTR_EPISODE] ?? ''}`;
}
