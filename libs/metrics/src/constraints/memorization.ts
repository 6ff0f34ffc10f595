import { createNeighbourSearch, type NeighbourSearch } from '@qloom/datasets/neighbours/neighbour-search.ts';
import type { Matrix } from '../matrix.ts';
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

/** Compares synthetic samples, one after the other, with the same real points. */
export type MemorizationTest = (synthetic: Matrix) => Memorization;

/**
 * Compares distances to the nearest training point. Rank-based, because features from few shots put many real points at
 * distance 0, where a ratio of distances has no meaning. All three must be in the same (standardized) units.
 */
export function memorizationTest(training: Matrix, heldOut: Matrix): MemorizationTest {
  const search = createNeighbourSearch(training);
  const real = nearestDistances(heldOut, search);
  const base = median(real);
  return (synthetic) => {
    const made = nearestDistances(synthetic, search);
    const nearer = rankAuc(real, made);
    return {
      nearer,
      medianRatio: base > 0 ? median(made) / base : Number.NaN,
      score: 1 - 2 * Math.max(0, nearer - 0.5),
    };
  };
}

function nearestDistances({ count, features, values }: Matrix, search: NeighbourSearch): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const [square] = search.nearest(values.subarray(i * features, (i + 1) * features), 1).squares;
    return Math.sqrt(square ?? Number.POSITIVE_INFINITY);
  });
}
