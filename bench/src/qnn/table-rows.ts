import { lessIsBetter, moreIsBetter, type Row } from '../harness/row.ts';
import { type Cell, cellName } from './cells.ts';
import { adjointFlops } from './flops.ts';
import type { Measurement } from './measure-cell.ts';
import { benchCircuit } from './problem.ts';

/** Limit of the time to the first result of a new structure. Unit: milliseconds. */
const FIRST_BUDGET_MS = 100;

/** The row of an absent contender; the note says why, or how to install it. */
export const missingRow = (peer: string, note: string): Row =>
  lessIsBetter({
    ...{ bench: 'qnn', case: 'every cell', metric: 'forward + adjoint', unit: 'ms', peer, note },
    ...{ value: Number.NaN, peerValue: Number.NaN },
  });

/**
 * The rows of one cell. Ours is the engine that is fastest in the cell; beside it every other engine and every peer for
 * forward + adjoint and for the first result, and the fastest peer for the time of a sample and the rate.
 */
export function tableRows(cell: Cell, measured: readonly Measurement[]): Row[] {
  const best = fastest(measured.filter(({ ours }) => ours));
  if (best === undefined) return [];
  const others = measured.filter((one) => one !== best);
  const row = { bench: 'qnn', case: `${cellName(cell)}, ${best.name}` };
  const rows = others.flatMap((other) => compare(row, best, other));
  rows.push(...perSample(row, cell, best, fastest(others.filter(({ ours }) => !ours))));
  const first = { ...row, metric: 'first result', value: best.firstMs, unit: 'ms' };
  rows.push(lessIsBetter({ ...first, peer: `budget of ${FIRST_BUDGET_MS} ms`, peerValue: FIRST_BUDGET_MS }));
  return rows;
}

const fastest = (measured: readonly Measurement[]): Measurement | undefined =>
  measured
    .filter(({ stepMs }) => Number.isFinite(stepMs))
    .sort((a, b) => a.stepMs - b.stepMs)
    .at(0);

function compare(row: Pick<Row, 'bench' | 'case'>, best: Measurement, other: Measurement): Row[] {
  const { name: peer, note } = other;
  const failed = Number.isNaN(other.stepMs) && Number.isNaN(other.forwardMs);
  const forwardOnly = Number.isNaN(other.stepMs) && !failed;
  const timed = forwardOnly
    ? { metric: 'forward', value: best.forwardMs, peerValue: other.forwardMs }
    : { metric: 'forward + adjoint', value: best.stepMs, peerValue: other.stepMs };
  const rows = [lessIsBetter({ ...row, ...timed, unit: 'ms', peer, note })];
  if (failed) return rows;
  const first = { metric: 'first result', value: best.firstMs, peerValue: other.firstMs };
  const few = other.rows !== best.rows ? { note: `of ${other.rows} rows, not scaled` } : {};
  return [...rows, lessIsBetter({ ...row, ...first, unit: 'ms', peer, ...few })];
}

function perSample(
  row: Pick<Row, 'bench' | 'case'>,
  { qubits, layers, batch }: Cell,
  best: Measurement,
  peer: Measurement | undefined,
): Row[] {
  const beside = { ...row, peer: peer === undefined ? 'no peer' : `${peer.name}, the fastest peer` };
  const peerMs = peer?.stepMs ?? Number.NaN;
  const sampleUs = (ms: number) => (1e3 * ms) / batch;
  // Operations a millisecond are a million times fewer than a GFLOP/s.
  const rate = (ms: number) => (adjointFlops(benchCircuit(qubits, layers)) * batch) / ms / 1e6;
  return [
    lessIsBetter({
      ...beside,
      metric: 'per sample',
      value: sampleUs(best.stepMs),
      unit: 'µs',
      peerValue: sampleUs(peerMs),
    }),
    moreIsBetter({ ...beside, metric: 'rate', value: rate(best.stepMs), unit: 'GFLOP/s', peerValue: rate(peerMs) }),
  ];
}
