import { ATTR_EPISODE } from '@qloom/telemetry/schema.ts';
import { durationMs, type KeptSpan } from './kept-span.ts';

/** A span in its place in the tree of its trace. */
export interface WaterfallRow {
  readonly span: KeptSpan;
  /** 0 for roots. */
  readonly depth: number;
  /** Milliseconds after the start of the first span. */
  readonly offsetMs: number;
  readonly durationMs: number;
}

/** The spans of one episode, of all its traces: those whose trace holds a span of that episode. */
export function spansOfEpisode(spans: readonly KeptSpan[], episode: number): KeptSpan[] {
  const traces = new Set(spans.filter((span) => span.attributes[ATTR_EPISODE] === episode).map((span) => span.traceId));
  return spans.filter((span) => traces.has(span.traceId));
}

/**
 * The tree of spans in reading order: each parent before its children, siblings by their start. A span whose parent is
 * not there (it was lost, or belongs to another process that sends elsewhere) stands as a root.
 */
export function waterfallRows(spans: readonly KeptSpan[]): WaterfallRow[] {
  if (spans.length === 0) return [];
  const known = new Set(spans.map((span) => span.spanId));
  const children = new Map<string, KeptSpan[]>();
  for (const span of spans) {
    const parent = span.parentSpanId !== undefined && known.has(span.parentSpanId) ? span.parentSpanId : '';
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [span]);
    else list.push(span);
  }
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const rows: WaterfallRow[] = [];
  const visit = (parent: string, depth: number): void => {
    const list = (children.get(parent) ?? []).sort((a, b) => a.startMs - b.startMs || b.endMs - a.endMs);
    for (const span of list) {
      rows.push({ span, depth, offsetMs: span.startMs - startMs, durationMs: durationMs(span) });
      visit(span.spanId, depth + 1);
    }
  };
  visit('', 0);
  return rows;
}
