import { type Matrix, neighbourDistances } from '../matrix.ts';
import { rankAuc } from './rank-auc.ts';

/** How near synthetic points lie to the training points, compared with held-out real points. */
export interface Memorization {
  /** P(d(synthetic, training) < d(held-out, training)) + ½P(equal): ½ when no nearer, 1 for copies. */
  readonly nearer: number;
  /** Median of d(synthetic, training) over that of d(held-out, training); NaN where the latter is 0. */
  readonly medianRatio: number;
  /** u_mem = 1 − 2·max(0, nearer − ½): 1 when no nearer than real points, 0 for copies. */
  readonly score: number;
}

const median = (values: Float64Array): number => {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Compares distances to the nearest training point. Rank-based, because features from few shots put many real points at
 * distance 0, where a ratio of distances has no meaning. All three must be in the same (standardized) units.
 */
export function memorization(training: Matrix, heldOut: Matrix, synthetic: Matrix): Memorization {
  const real = neighbourDistances(heldOut, 1, training);
  const made = neighbourDistances(synthetic, 1, training);
  const nearer = rankAuc(real, made);
  const base = median(real);
  return {
    nearer,
    medianRatio: base > 0 ? median(made) / base : Number.NaN,
    score: 1 - 2 * Math.max(0, nearer - 0.5),
  };
}
