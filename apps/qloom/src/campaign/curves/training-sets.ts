import { createRandom } from '@qloom/random/random.ts';
import type { LabelHistory } from './label-history.ts';

/** Rows of a history to train on, and rows to predict. */
export interface TrainingSet {
  readonly rows: readonly number[];
  readonly heldOut: readonly number[];
}

/** Parts that points are left out in: each is predicted by QNNs that were not trained on it. */
const PARTS = 5;

/** Fewest points chosen at random by which an accuracy is estimated. */
export const LEAST_RANDOM = 10;

/** Rows of a history that were chosen at random, in their order: a fair sample of the points. */
export function randomRows({ atRandom }: LabelHistory): number[] {
  return atRandom.flatMap((isRandom, row) => (isRandom ? [row] : []));
}

/** At most `most` numbers of labels up to `count`, about evenly spread by their logarithm, the last one always. */
export function labelNumbers(count: number, most = 10): number[] {
  const least = Math.min(count, 4);
  const numbers = Array.from({ length: most }, (_, i) =>
    Math.round(least * (count / least) ** (most === 1 ? 1 : i / (most - 1))),
  );
  return [...new Set(numbers)];
}

/**
 * Training sets that together predict every row of `sample`, none from a set that has it: `rows` without one part of the sample each, or all of
 * `rows` at once where it has none of the sample. The parts are those of the seed, the same for every `rows`.
 */
export function crossFitted(rows: readonly number[], sample: readonly number[], seed: number): TrainingSet[] {
  const own = new Set(rows);
  if (!sample.some((row) => own.has(row))) return [{ rows, heldOut: sample }];
  const order = createRandom(`label-curves/${seed}`).fork('parts').permutation(sample.length);
  const partOf = new Map(Array.from(order, (i, place) => [sample[i], place % PARTS]));
  return Array.from({ length: Math.min(PARTS, sample.length) }, (_, part) => ({
    rows: rows.filter((row) => partOf.get(row) !== part),
    heldOut: sample.filter((row) => partOf.get(row) === part),
  }));
}
