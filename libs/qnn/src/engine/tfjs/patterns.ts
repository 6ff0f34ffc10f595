import type { Coefficient, Entry } from '../gate-program/gate-form.ts';
import type { GateOp } from '../gate-program/gate-program.ts';

/**
 * A part of a matrix on 2ⁿ amplitudes: `out[i] += (v · re[·, i] + 𝑖 v · im[·, i]) · in[i ⊕ mask]`, where v are the gate's
 * values and, last, a one. Each pattern has shape [values + 1, 2ⁿ]; one that is zero is `null`.
 */
export interface Pattern {
  readonly mask: number;
  readonly re: Float32Array | null;
  readonly im: Float32Array | null;
}

/**
 * The patterns of a gate's matrix, or of its inverse or derivative: one for each way in which the gate moves
 * amplitudes. If a control is zero, the matrix is `idle` times the identity.
 */
export function patternsOf(op: GateOp, entries: readonly Entry[], qubits: number, idle: 0 | 1): Pattern[] {
  const size = 2 ** qubits;
  const inner = op.form.values.length + 1;
  const found = new Map<number, { mask: number; re: Float32Array | null; im: Float32Array | null }>();
  const add = (mask: number, part: 're' | 'im', { value, factor }: Coefficient, i: number) => {
    const pattern = found.get(mask) ?? { mask, re: null, im: null };
    found.set(mask, pattern);
    pattern[part] ??= new Float32Array(inner * size);
    pattern[part][(value ?? inner - 1) * size + i] += factor;
  };
  const moved = op.targets.reduce((mask, qubit) => mask | (1 << qubit), 0);
  const spread = (index: number) => op.targets.reduce((at, qubit, j) => at | (((index >> j) & 1) << qubit), 0);
  for (let i = 0; i < size; i++) {
    if ((i & op.controls) !== op.controls) {
      if (idle === 1) add(0, 're', { value: null, factor: 1 }, i);
      continue;
    }
    for (const { row, column, re, im } of entries) {
      if (spread(row) !== (i & moved)) continue;
      const mask = spread(row) ^ spread(column);
      if (re) add(mask, 're', re, i);
      if (im) add(mask, 'im', im, i);
    }
  }
  return [...found.values()];
}

/** Number of float32 values that {@link patternsOf} would create, without creating them. */
export function patternSize(op: GateOp, entries: readonly Entry[], qubits: number): number {
  const parts = new Set(
    entries.flatMap(({ row, column, re, im }) => [
      ...(re ? [`re ${row ^ column}`] : []),
      ...(im ? [`im ${row ^ column}`] : []),
    ]),
  );
  return (parts.size + 1) * (op.form.values.length + 1) * 2 ** qubits;
}
