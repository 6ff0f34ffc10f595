import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass } from '@qloom/study/points/rows.ts';
import { MetricError } from '../metric-error.ts';
import { type SupportVectorMachine, solveSvm } from './svm-dual.ts';

/** A fitted support vector classifier on kernel values, one machine per pair of classes. */
export interface KernelSvc {
  /**
   * Class of each of `count` rows from their kernel values with all training points, row-major [count, training points]:
   * most votes of the pairs, ties by the sum of decision values.
   */
  predict(crossGram: Float64Array, count: number): Int32Array;
  /** f of the machine of each pair (a < b, in rising order; above 0 votes a), row-major [count, pairs]. */
  decisions(crossGram: Float64Array, count: number): Float64Array;
}

/**
 * Fits one machine per pair of classes that have points, on kernel values of the training points, row-major
 * [count, count]: any kernel, a quantum kernel's fidelities too. With one class present, that is always predicted. Throws
 * MetricError without points.
 */
export function fitKernelSvc(
  gram: Float64Array,
  training: Pick<Points, 'count' | 'classes' | 'y'>,
  c: number,
): KernelSvc {
  const n = training.count;
  if (n === 0) throw new MetricError('training', 'fitKernelSvc: there are no training points; give at least one');
  const rows = rowsByClass(training);
  const present = rows.flatMap((of, label) => (of.length > 0 ? [label] : []));
  const machines: { a: number; b: number; members: number[]; machine: SupportVectorMachine }[] = [];
  for (const a of present) {
    for (const b of present) {
      if (b <= a) continue;
      const members = [...rows[a], ...rows[b]];
      const part = new Float64Array(members.length ** 2);
      for (let i = 0, at = 0; i < members.length; i++) {
        for (let j = 0; j < members.length; j++, at++) part[at] = gram[members[i] * n + members[j]];
      }
      const signs = members.map((_, i) => (i < rows[a].length ? 1 : -1));
      machines.push({ a, b, members, machine: solveSvm(part, signs, c) });
    }
  }
  const decisions = (crossGram: Float64Array, count: number) => {
    const out = new Float64Array(count * machines.length);
    for (let row = 0; row < count; row++) {
      machines.forEach(({ members, machine }, p) => {
        let sum = machine.bias;
        for (let i = 0; i < members.length; i++) sum += machine.weights[i] * crossGram[row * n + members[i]];
        out[row * machines.length + p] = sum;
      });
    }
    return out;
  };
  return {
    decisions,
    predict(crossGram, count) {
      const values = decisions(crossGram, count);
      return Int32Array.from({ length: count }, (_, row) => {
        const votes = new Array<number>(training.classes).fill(0);
        const sums = new Array<number>(training.classes).fill(0);
        machines.forEach(({ a, b }, p) => {
          const value = values[row * machines.length + p];
          votes[value > 0 ? a : b]++;
          sums[a] += value;
          sums[b] -= value;
        });
        return present.reduce((best, label) =>
          votes[label] > votes[best] || (votes[label] === votes[best] && sums[label] > sums[best]) ? label : best,
        );
      });
    },
  };
}
