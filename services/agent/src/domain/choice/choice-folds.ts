import { identicalRowBlocks } from '@qloom/datasets/split/identical-rows.ts';
import { type Fold, stratifiedFolds } from '@qloom/datasets/split/stratified-folds.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass } from '@qloom/study/points/rows.ts';

/** Number of folds where every class has as many rows. */
const FOLDS = 5;

/** Repeats of the division with few labels, and the number of held-out predictions above which there are fewer. */
const MOST_REPEATS = 4;
const ENOUGH_PREDICTIONS = 160;

/**
 * Divisions for the cross-validation of a choice, shape [repeats][folds]: five stratified folds, fewer where a class has
 * fewer rows (or blocks of identical ones, which stay together if `identicalTogether`). With few labels the division is repeated up to four times, because its own randomness is then large, and
 * with 160 labels no more: a QNN's training takes the same time for any number of labels, so that a choice costs 5 to 20
 * trainings. Throws DatasetError if a class has fewer than two.
 */
export function choiceFolds(labels: Points, identicalTogether: boolean, random: Random): Fold[][] {
  const block = identicalTogether ? identicalRowBlocks(labels) : undefined;
  const sizes = rowsByClass(labels).map(
    (rows) => new Set(block === undefined ? rows : rows.map((row) => block[row])).size,
  );
  const folds = Math.min(FOLDS, Math.max(2, Math.min(...sizes)));
  const repeats = Math.max(1, Math.min(MOST_REPEATS, Math.round(ENOUGH_PREDICTIONS / labels.count)));
  return Array.from({ length: repeats }, (_, repeat) =>
    stratifiedFolds({ ...labels, block }, folds, random.fork(repeat)),
  );
}
