import { median } from './percentile.ts';
import { formatColumns, formatNumber, type Row } from './row.ts';

/** How far ahead of one peer a benchmark is, over all its rows of one metric. */
export interface PeerSummary {
  readonly metric: string;
  readonly peer: string;
  /** Rows that have a figure, and rows in all. */
  readonly measured: number;
  readonly rows: number;
  /** The least ratio, and its case; NaN and '' where no row has a figure. */
  readonly worst: number;
  readonly worstCase: string;
  /** The median ratio. */
  readonly median: number;
}

/** Sums rows up by metric and peer, in the order in which they first come. */
export function summarize(rows: readonly Row[]): PeerSummary[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.metric, row.peer]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(row);
  }
  return [...groups.values()].map((group) => {
    const measured = group.filter(({ ratio }) => !Number.isNaN(ratio)).sort((a, b) => a.ratio - b.ratio);
    const { metric, peer } = group[0];
    return {
      ...{ metric, peer, measured: measured.length, rows: group.length },
      worst: measured[0]?.ratio ?? Number.NaN,
      worstCase: measured[0]?.case ?? '',
      median: median(measured.map(({ ratio }) => ratio)),
    };
  });
}

/** Missing parts that are named; of the others there is a count. */
const NAMED = 12;

/**
 * A human-readable summary: a line for each metric and peer that has several rows, and the parts that are still
 * missing.
 */
export function formatSummary(rows: readonly Row[], missing: readonly string[]): string {
  const times = (ratio: number) => (Number.isNaN(ratio) ? formatNumber(ratio) : `${formatNumber(ratio)}×`);
  const lines = summarize(rows)
    .filter((one) => one.rows > 1)
    .map((one) => [
      ...[one.metric, one.peer, times(one.worst), one.worstCase, times(one.median)],
      one.measured === one.rows ? String(one.rows) : `${one.measured} of ${one.rows}`,
    ]);
  const blocks: string[] = [];
  if (lines.length > 0) {
    blocks.push(formatColumns([['metric', 'peer', 'worst', 'where', 'median', 'rows'], ...lines]));
  }
  if (missing.length > 0) {
    const rest = missing.length > NAMED ? `; and ${missing.length - NAMED} more` : '';
    blocks.push(`Not measured: ${missing.slice(0, NAMED).join('; ')}${rest}`);
  }
  return blocks.join('\n\n');
}
