import { type BatchRule, highest } from './batch-rule.ts';

/** The candidates with the highest scores, however alike they are. */
export const best: BatchRule = (_, scores, count, excluded) => {
  const chosen = new Set(excluded);
  return Array.from({ length: count }, () => {
    const row = highest(scores, chosen);
    chosen.add(row);
    return row;
  });
};
