import { median } from '../../percentile.ts';
import { lessIsBetter, type Row } from '../../row.ts';
import { type Cell, cellName } from '../cells.ts';
import { ContenderError } from '../contender.ts';
import { createProblem } from '../problem.ts';
import { type LimitTimes, type LimitWidth, measureLimit } from './c-limit.ts';

const EFFORT = { rounds: 3, seconds: 0.25 };
const WIDTHS: readonly LimitWidth[] = [128, 256];

/** Rows of one cell: the engine's kernels on one core beside the same kernels by a C compiler. Without gcc they say so. */
export async function limitRows(cell: Cell, nowMs: () => number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const width of WIDTHS) {
    const row = { bench: 'qnn', case: `${cellName(cell)}, wasm float32`, metric: 'kernels, one core', unit: 'ms' };
    const peer = `C, gcc -O3 -march=native, ${width} bit`;
    const measured = await tryMeasure(cell, width, nowMs);
    if (typeof measured === 'string') {
      rows.push(lessIsBetter({ ...row, peer, value: Number.NaN, peerValue: Number.NaN, note: measured }));
    } else rows.push(lessIsBetter({ ...row, peer, value: median(measured.wasm), peerValue: median(measured.c) }));
  }
  return rows;
}

async function tryMeasure(cell: Cell, width: LimitWidth, nowMs: () => number): Promise<LimitTimes | string> {
  try {
    return await measureLimit(createProblem(cell), width, EFFORT, nowMs);
  } catch (error) {
    if (!(error instanceof ContenderError)) throw error;
    return error.message;
  }
}
