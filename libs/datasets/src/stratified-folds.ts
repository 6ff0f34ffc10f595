import type { Random } from '@qloom/random/random.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { DatasetError } from './dataset-error.ts';
import type { Points } from './points.ts';
import { coveringQuotas } from './quotas.ts';
import { classCounts, rowsByClass } from './rows.ts';

/** One division of rows: what is learned from, and what it is measured on. Row numbers in rising order. */
export interface Fold {
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

/** What folds need to know of the data. */
export type Labelled = Pick<Points, 'count' | 'classes' | 'y' | 'group'>;

/** Throws DatasetError unless every class has at least `folds` rows; it says the class by its name in `classNames`. */
export function requireRowsPerClass(
  points: Labelled,
  folds: number,
  field = 'folds',
  classNames: readonly string[] = [],
): void {
  classCounts(points).forEach((rows, label) => {
    if (rows < folds) {
      const name = classNames[label] === undefined ? label : quoted(classNames[label], "'");
      throw new DatasetError(
        field,
        `${field}: class ${name} has ${rows} of ${points.count} points; ${folds} folds need at least ${folds} of each ` +
          `class. Give more labels or fewer folds`,
      );
    }
  });
}

/**
 * Divides the rows into `folds` parts that each hold every class in proportion (sizes differ by at most one per class),
 * and returns one {@link Fold} per part held out. Throws DatasetError with fewer than 2 folds or where a class has
 * fewer rows than there are folds.
 */
export function stratifiedFolds(points: Labelled, folds: number, random: Random): Fold[] {
  requireFoldNumber(folds);
  requireRowsPerClass(points, folds);
  const part = new Int32Array(points.count);
  let next = 0;
  for (const rows of rowsByClass(points)) {
    // The next class goes on where the last one stopped, so that the parts' sizes differ by at most one as well.
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
  const members = new Map<number, number[]>();
  for (let row = 0; row < points.count; row++) {
    const rows = members.get(group[row]);
    if (rows) rows.push(row);
    else members.set(group[row], [row]);
  }
  if (members.size < folds) {
    throw new DatasetError('folds', `folds: ${folds} folds need at least ${folds} groups; there are ${members.size}`);
  }
  const groups = random.shuffle([...members.values()]).sort((a, b) => b.length - a.length);
  const wanted = classCounts(points).map((rows) => rows / folds);
  const held = Array.from({ length: folds }, () => new Array<number>(points.classes).fill(0));
  const rowsIn = new Array<number>(folds).fill(0);
  const part = new Int32Array(points.count);
  for (const rows of groups) {
    const counts = new Array<number>(points.classes).fill(0);
    for (const row of rows) counts[points.y[row]]++;
    let best = 0;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let f = 0; f < folds; f++) {
      // The growth of Σ (held − wanted)²; a part that is empty comes first, so that none stays so.
      let cost = rowsIn[f] === 0 ? -1e12 : 0;
      for (let c = 0; c < counts.length; c++) cost += counts[c] * (counts[c] + 2 * (held[f][c] - wanted[c]));
      if (cost < bestCost) {
        bestCost = cost;
        best = f;
      }
    }
    for (const row of rows) part[row] = best;
    for (let c = 0; c < counts.length; c++) held[best][c] += counts[c];
    rowsIn[best] += rows.length;
  }
  return foldsOf(part, folds);
}

/**
 * A stratified sample of `count` rows and the rest, both in rising order: the label budget of a file. Every class keeps
 * its share, and at least one row on each side where it has two. Throws DatasetError when `count` is not in
 * 1 … rows, or is below the number of classes.
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
  const chosen: number[] = [];
  const rest: number[] = [];
  rowsByClass(points).forEach((rows, label) => {
    const mixed = random.shuffle([...rows]);
    chosen.push(...mixed.slice(0, quotas[label]));
    rest.push(...mixed.slice(quotas[label]));
  });
  return { chosen: chosen.sort(byValue), rest: rest.sort(byValue) };
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

function byValue(a: number, b: number): number {
  return a - b;
}
