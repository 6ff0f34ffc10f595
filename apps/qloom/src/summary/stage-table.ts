import type { KeptSpan } from '../telemetry/kept-span.ts';
import { type StageTimes, stageTimes } from '../telemetry/stage-times.ts';
import { formatSeconds } from '../terminal/format.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

/** Stages with p50, p95, p99 and their waits; steps are indented under them. */
export function renderStageTable(spans: readonly KeptSpan[], style: Style): string {
  const rows = stageTimes(spans).map((row) => cells(row));
  return renderTable(
    [
      { title: 'stage' },
      ...['count', 'p50', 'p95', 'p99', 'total', 'wait p50', 'wait p95', 'retries'].map((title) => ({
        title,
        align: 'right' as const,
      })),
    ],
    rows,
    { header: style.dim },
  );
}

function cells(row: StageTimes): string[] {
  const time = (seconds: number): string => (Number.isNaN(seconds) ? '–' : formatSeconds(seconds));
  return [
    row.step ? `  ${row.stage}` : row.stage,
    String(row.count),
    time(row.p50),
    time(row.p95),
    time(row.p99),
    time(row.total),
    row.wait === undefined ? '' : time(row.wait.p50),
    row.wait === undefined ? '' : time(row.wait.p95),
    row.retries === 0 ? '' : String(row.retries),
  ];
}
