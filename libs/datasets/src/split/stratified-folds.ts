import type { Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { classCounts, rowsByClass } from '@qloom/study/points/rows.ts';
import { coveringQuotas } from '@qloom/study/synthesis/quotas.ts';
import { classText, type Labelled, partOfBlocks, requireBlocksPerClass, takeBlocks } from './row-blocks.ts';

/** One division of rows: those for training, and those held out. Row numbers in rising order. */
export interface Fold {
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

/** Throws DatasetError unless every class has at least `folds` rows. */
export function requireRowsPerClass(points: Labelled, folds: number): void {
  classCounts(points).forEach((rows, label) => {
    if (rows < folds) {
      throw new DatasetError(
        'folds',
        `folds: class ${classText(points, label)} has ${rows} of ${points.count} points; ${folds} folds need at least ${folds} of each ` +
          `class. Give more labels or fewer folds`,
      );
    }
  });
}

/**
 * Divides the rows into `folds` parts that each hold every class in proportion (sizes differ by at most one per class),
 * and returns one {@link Fold} per part held out. Blocks stay together, so that sizes then differ by more. Throws DatasetError
 * with fewer than 2 folds or where a class has fewer rows, or blocks, than there are folds.
 */
export function stratifiedFolds(points: Labelled, folds: number, random: Random): Fold[] {
  requireFoldNumber(folds);
  requireRowsPerClass(points, folds);
  if (points.block !== undefined) {
    requireBlocksPerClass(points, points.block, folds);
    return foldsOf(partOfBlocks(points, points.block, folds, random), folds);
  }
  const part = new Int32Array(points.count);
  let next = 0;
  for (const rows of rowsByClass(points)) {
    // The next class continues where the last one stopped, so that the parts' sizes differ by at most one as well.
    for (const row of random.shuffle([...rows])) part[row] = next++ % folds;
  }
  return foldsOf(part, folds);
}

/**
 * As {@link stratifiedFolds}, but all rows of a group stay together, for data whose groups are repeated measurements of
 * one thing. Greedy: groups from the largest down go to the part where they leave the classes most even. Throws
 * DatasetError without groups, or with fewer groups than folds.
 */
export function groupedFolds(points: Labelled, folds: number, random: Random): Fold[] {
  requireFoldNumber(folds);
  const { group } = points;
  if (!group)
    throw new DatasetError('group', 'group: the data has no groups; name a group column or do not keep groups');
  const groups = new Set(group).size;
  if (groups < folds) {
    throw new DatasetError('folds', `folds: ${folds} folds need at least ${folds} groups; there are ${groups}`);
  }
  return foldsOf(partOfBlocks(points, group, folds, random), folds);
}

/**
 * A stratified sample of `count` rows and the rest, both in rising order: the label budget of a file. Every class keeps
 * its share, and at least one row on each side where it has two. Blocks stay together: the sample has fewer rows where none
 * of those left fits. Throws DatasetError when `count` is not in 1 … rows, is below the number of classes, or is too small
 * for the blocks of a class.
 */
export function stratifiedSample(
  points: Labelled,
  count: number,
  random: Random,
): { chosen: number[]; rest: number[] } {
  if (!Number.isInteger(count) || count < 1 || count > points.count) {
    throw new DatasetError(
      'count',
      `count: ${count} is not a whole number from 1 to the data's ${points.count} points`,
    );
  }
  const counts = classCounts(points);
  const present = counts.filter((rows) => rows > 0).length;
  if (count < present) {
    throw new DatasetError('count', `count: ${count} points cannot hold ${present} classes; give at least ${present}`);
  }
  const quotas = coveringQuotas(count, counts);
  const taken =
    points.block === undefined
      ? rowsByClass(points).flatMap((rows, label) => random.shuffle([...rows]).slice(0, quotas[label]))
      : takeBlocks(points, points.block, quotas, random);
  const isTaken = new Uint8Array(points.count);
  for (const row of taken) isTaken[row] = 1;
  const all = Array.from({ length: points.count }, (_, row) => row);
  return { chosen: all.filter((row) => isTaken[row] === 1), rest: all.filter((row) => isTaken[row] === 0) };
}

function requireFoldNumber(folds: number): void {
  if (!Number.isInteger(folds) || folds < 2) {
    throw new DatasetError('folds', `folds: ${folds} is not a whole number of at least 2`);
  }
}

function foldsOf(part: Int32Array, folds: number): Fold[] {
  return Array.from({ length: folds }, (_, f) => {
    const train: number[] = [];
    const heldOut: number[] = [];
    for (let row = 0; row < part.length; row++) (part[row] === f ? heldOut : train).push(row);
    return { train, heldOut };
  });
}
