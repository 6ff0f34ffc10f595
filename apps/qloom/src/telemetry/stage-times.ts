import { ATTR_OUTCOME, ATTR_QUEUE_WAIT, isStep, SPAN_NAMES } from '@qloom/telemetry/schema.ts';
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
  /** Time from the slot before being in the log to this stage taking it; absent where nothing is waited for. */
  readonly wait?: { readonly p50: number; readonly p95: number; readonly p99: number };
}

/** Times of the stages and of their steps, in the order of the schema; those without a span are left out. */
export function stageTimes(spans: readonly KeptSpan[]): StageTimes[] {
  const rows: StageTimes[] = [];
  for (const stage of SPAN_NAMES) {
    const all = spans.filter((span) => span.name === stage);
    const done = all.filter((span) => !isRetry(span));
    if (all.length === 0) continue;
    const seconds = done.map((span) => durationMs(span) / 1000).sort((a, b) => a - b);
    const waits = waitsOf(done);
    rows.push({
      stage,
      step: isStep(stage),
      count: done.length,
      ...quantiles(seconds),
      total: seconds.reduce((sum, value) => sum + value, 0),
      retries: all.length - done.length,
      ...(waits.length > 0 ? { wait: quantiles(waits) } : {}),
    });
  }
  return rows;
}

/** Whether an attempt ended in an infrastructure fault. A step that failed has no outcome: what it belongs to is tried again, or not. */
function isRetry({ attributes, status }: KeptSpan): boolean {
  const outcome = attributes[ATTR_OUTCOME];
  return outcome === undefined ? status === 'error' : outcome === 'retry';
}

function quantiles(sorted: readonly number[]): { p50: number; p95: number; p99: number } {
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}

/**
 * Waits in seconds, in rising order, as the stages measured them when they took their events. They are not differences of spans: the
 * span of a stage ends after its slot is in the log, when the stage that reads it may have begun already.
 */
function waitsOf(done: readonly KeptSpan[]): number[] {
  return done
    .map((span) => span.attributes[ATTR_QUEUE_WAIT])
    .filter((seconds) => typeof seconds === 'number')
    .sort((a, b) => a - b);
}
