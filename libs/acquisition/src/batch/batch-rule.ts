import type { Candidates } from '../candidates.ts';

/**
 * Chooses `count` of the candidates by their scores, the first chosen first. `excluded` rows are not chosen again. Needs
 * at least `count` candidates that are not excluded.
 */
export type BatchRule = (
  candidates: Candidates,
  scores: Float64Array,
  count: number,
  excluded: ReadonlySet<number>,
) => number[];

/** The row with the highest value that is not among `excluded`; of equal ones the first. −1 without any. */
export function highest(values: Float64Array, excluded: ReadonlySet<number>): number {
  let best = -1;
  for (let row = 0; row < values.length; row++) {
    if (!excluded.has(row) && (best < 0 || values[row] > values[best])) best = row;
  }
  return best;
}
