import type { Bench, BenchOptions, Progress } from './bench.ts';
import type { BenchRecord } from './record.ts';
import { formatTable, type Row } from './row.ts';
import { formatSummary } from './summary.ts';

/** Outputs of a run. */
export interface Output {
  /** Rows as JSON lines, not as tables. */
  readonly json: boolean;
  /** Rows, and the summary unless the output is JSON. */
  readonly print: Progress;
  /** Output other than results. */
  readonly say: Progress;
}

/**
 * Runs the requested parts of a benchmark that `record` does not have. Rows are kept and printed as soon as they are
 * measured; the summary at the end is of all that the record has. Throws OnlyError.
 */
export async function runBench(
  bench: Bench,
  options: BenchOptions,
  record: BenchRecord | undefined,
  { json, print, say }: Output,
): Promise<void> {
  const asked = bench.parts(options);
  const done = new Set(record?.parts);
  const fresh: Row[] = [];
  const wanted = new Set(asked.filter((part) => !done.has(part)));
  if (wanted.size > 0) {
    for await (const measured of bench.run(say, options, wanted)) {
      record?.append(measured);
      const { parts, rows } = measured;
      for (const part of parts) done.add(part);
      if (parts.length > 0) fresh.push(...rows);
      if (rows.length === 0) continue;
      if (json) for (const row of rows) print(JSON.stringify(row));
      else print(`${formatTable(rows)}\n`);
    }
  }
  const missing = asked.filter((part) => !done.has(part));
  const summary = formatSummary(record?.rows ?? fresh, missing);
  if (summary !== '') (json ? say : print)(summary);
}
