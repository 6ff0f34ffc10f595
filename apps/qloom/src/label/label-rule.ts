import type { ShotMoments } from '@qloom/acquisition/shots/measured-mean.ts';
import { groupObservables, type MeasuredGroup, momentsOf } from '@qloom/qnn/hardware/measured-groups.ts';
import type { OutcomeCounts } from '@qloom/quantum/mitigation/readout-correction.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';

/** How the class of a point follows from counts. */
export interface LabelRule {
  /** What is measured: each group once, with the same number of shots. */
  readonly groups: readonly MeasuredGroup[];
  /** The class by the counts of each group. Equal expectations give the first class. */
  decide(counts: readonly OutcomeCounts[]): ClassDecision;
  /**
   * The observable whose expectation is the margin of class `label` before the class `other`: that by whose sign one of the two was chosen.
   */
  contrast(label: number, other: number): Observable;
  /** Whether the observables of two classes are the same, so that nothing tells them apart. */
  isSame(a: number, b: number): boolean;
}

/** A class, and by how much it was chosen. */
export interface ClassDecision {
  /** Index of the class. */
  readonly label: number;
  /** The class that came next. */
  readonly next: number;
  /** Moments of the margin: the mean is at least 0, and `shots` are those of each group. */
  readonly margin: ShotMoments;
}

/**
 * One observable gives two classes: the first where its expectation is above 0, the second where it is below. Several give as many classes: that of
 * the largest expectation.
 */
export function createLabelRule(observables: readonly Observable[]): LabelRule {
  // The sign of ⟨O⟩ is the larger of ⟨O⟩ and ⟨−O⟩, but with a margin of ⟨O⟩ and not of 2⟨O⟩.
  const isSign = observables.length === 1;
  const { groups, constants } = groupObservables(observables);
  const count = observables.length;
  const contrast = (label: number, other: number): Observable => {
    if (isSign) return scaled(observables[0], label === 0 ? 1 : -1);
    return { terms: [...observables[label].terms, ...scaled(observables[other], -1).terms] };
  };
  /** Weights of the observables in the margin. */
  const weightsOf = (label: number, other: number): number[] =>
    isSign
      ? [label === 0 ? 1 : -1]
      : Array.from({ length: count }, (_, k) => Number(k === label) - Number(k === other));
  return {
    groups,
    contrast,
    isSame: (a, b) => largestValue(contrast(a, b)) === 0,
    decide(counts) {
      const measured = groups.map((group, g) =>
        momentsOf(
          group,
          count,
          group.qubits.map(() => [1, -1]),
          counts[g],
        ),
      );
      const means = observables.map((_, k) => constants[k] + measured.reduce((sum, { mean }) => sum + mean[k], 0));
      const [label, next] = isSign ? (means[0] >= 0 ? [0, 1] : [1, 0]) : largestTwo(means);
      const weights = weightsOf(label, next);
      const mean = weights.reduce((sum, weight, k) => sum + weight * means[k], 0);
      const shots = Math.min(...measured.map((group) => group.shots));
      const variance = measured.reduce((sum, group) => sum + varianceOf(weights, group.covariance, group.shots), 0);
      const largest = largestValue(contrast(label, next));
      return {
        label,
        next,
        margin: { shots, mean, meanSquare: Math.min(largest ** 2, mean ** 2 + variance), largest },
      };
    },
  };
}

/** Variance of one shot of a weighted sum, from unbiased covariances, as the mean square less the square of the mean. */
function varianceOf(weights: readonly number[], covariance: Float64Array, shots: number): number {
  let sum = 0;
  weights.forEach((a, i) => {
    weights.forEach((b, j) => {
      sum += a * b * covariance[i * weights.length + j];
    });
  });
  return Math.max(0, (sum * (shots - 1)) / shots);
}

function largestTwo(means: readonly number[]): [number, number] {
  const order = means.map((_, k) => k).sort((a, b) => means[b] - means[a] || a - b);
  return [order[0], order[1]];
}

const scaled = ({ terms }: Observable, by: number): Observable => ({
  terms: terms.map(({ coefficient, paulis }) => ({ coefficient: by * coefficient, paulis })),
});

/** The largest absolute value of a sum of Pauli strings in one shot of each: Σ|c|, equal strings added first. */
function largestValue({ terms }: Observable): number {
  const byString = new Map<string, number>();
  for (const { coefficient, paulis } of terms) {
    const key = paulis.replace(/I+$/, '');
    byString.set(key, (byString.get(key) ?? 0) + coefficient);
  }
  return [...byString.values()].reduce((sum, coefficient) => sum + Math.abs(coefficient), 0);
}
