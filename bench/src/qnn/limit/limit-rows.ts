import { median } from '../../harness/percentile.ts';
import { lessIsBetter, type Row } from '../../harness/row.ts';
import { type Cell, cellName } from '../cells.ts';
import { ContenderError } from '../contenders/contender.ts';
import { createProblem } from '../problem.ts';
import { type LimitPair, type LimitWidths, measureLimit } from './c-limit.ts';

/** 1.2 seconds and more a comparison; a turn is one chunk at least. */
const EFFORT = { pairs: 60, turnMs: 10 };
/** Like beside like; and vectors as wide as the engine's where it may merge registers, beside C with one register. */
const COMPARED: readonly LimitWidths[] = [
  { wasm: 128, c: 128 },
  { wasm: 256, c: 256 },
  { wasm: 256, c: 128 },
];

/** Rows of one cell: the engine's kernels on one core beside the same kernels by a C compiler. Without gcc they say so. */
export async function limitRows(cell: Cell, nowMs: () => number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const widths of COMPARED) {
    const metric = `kernels of ${widths.wasm} bit, one core`;
    const row = { bench: 'qnn', case: `${cellName(cell)}, wasm float32`, metric, unit: 'ms' };
    const peer = `C, gcc -O3 -march=native, ${widths.c} bit`;
    const measured = await tryMeasure(cell, widths, nowMs);
    if (typeof measured === 'string') {
      rows.push(lessIsBetter({ ...row, peer, value: Number.NaN, peerValue: Number.NaN, note: measured }));
    } else {
      const value = median(measured.map(({ wasm }) => wasm));
      const peerValue = median(measured.map(({ c }) => c));
      const ratio = median(measured.map(({ c, wasm }) => c / wasm));
      rows.push({ ...row, peer, value, peerValue, ratio, note: `ratio: median of ${measured.length} pairs of turns` });
    }
  }
  return rows;
}

async function tryMeasure(cell: Cell, widths: LimitWidths, nowMs: () => number): Promise<LimitPair[] | string> {
  try {
    return await measureLimit(createProblem(cell), widths, EFFORT, nowMs);
  } catch (error) {
    if (!(error instanceof ContenderError)) throw error;
    return error.message;
  }
}
