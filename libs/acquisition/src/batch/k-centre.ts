import { squaredDistance } from '../candidates.ts';
import { type BatchRule, highest } from './batch-rule.ts';

/**
 * Greedy k-centres: the first by score, each next the one whose score is highest once no score exceeds the distance to the
 * nearest chosen or excluded point, divided by the price of its label where they differ. With distances as scores it is the
 * farthest-first traversal (Gonzalez, 1985), whose radius is at most twice the best possible.
 */
export const kCentre: BatchRule = ({ features, values, costs }, scores, count, excluded) => {
  const left = scores.slice();
  const chosen = new Set(excluded);
  const limit = (row: number): void => {
    for (let i = 0; i < left.length; i++) {
      const distance = Math.sqrt(squaredDistance(values, i, values, row, features));
      left[i] = Math.min(left[i], distance / (costs?.[i] ?? 1));
    }
  };
  for (const row of excluded) limit(row);
  return Array.from({ length: count }, () => {
    const row = highest(left, chosen);
    chosen.add(row);
    limit(row);
    return row;
  });
};
