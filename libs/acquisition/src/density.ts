import { createNeighbourSearch } from '@qloom/datasets/neighbours/neighbour-search.ts';
import type { Candidates } from './candidates.ts';

/** Neighbours whose mean distance is the inverse of a density. */
const NEIGHBOURS = 10;

/** Bounds of the weights, so that neither an outlier nor a cluster of copies decides alone. */
const [LEAST, MOST] = [0.1, 10];

/**
 * Weight of each candidate by how dense the pool is around it, shape [count]: the median over the pool of the mean distance
 * to the ten nearest candidates, over the candidate's own, in [0.1, 10]. 1 at a typical density (information density of
 * Settles and Craven, "An analysis of active learning strategies for sequence labeling tasks", 2008, by distances in
 * place of similarities). Does not change with the units of all features together. All 1 for fewer than two candidates.
 */
export function densityWeights({
  count,
  features,
  values,
}: Pick<Candidates, 'count' | 'features' | 'values'>): Float64Array {
  if (count < 2) return new Float64Array(count).fill(1);
  const search = createNeighbourSearch({ count, features, values });
  const distances = Float64Array.from({ length: count }, (_, i) => {
    const { squares } = search.nearest(values.subarray(i * features, (i + 1) * features), NEIGHBOURS, i);
    return squares.reduce((sum, square) => sum + Math.sqrt(square) / squares.length, 0);
  });
  const median = distances.toSorted()[Math.floor(count / 2)];
  if (median === 0) return distances.map((distance) => (distance === 0 ? 1 : LEAST));
  return distances.map((distance) => Math.min(MOST, Math.max(LEAST, median / distance)));
}
