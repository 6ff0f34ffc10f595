import type { Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, rowsByClass } from '@qloom/study/points/rows.ts';
import { quoted } from '@qloom/tensor/quoted.ts';

/** The part of a data set that divisions of rows depend on. */
export type Labelled = Pick<Points, 'count' | 'classes' | 'y' | 'group'> & {
  /** Rows with the same number stay on one side of every division, shape [count]. Absent: rows are divided one by one. */
  readonly block?: Int32Array;
  /** Names of the classes, for messages. Default: their numbers. */
  readonly classNames?: readonly string[];
};

/** The part in 0 … parts − 1 of each row, shape [count]: greedy, from the largest block down, where it leaves the classes most even. */
export function partOfBlocks(points: Labelled, block: Int32Array, parts: number, random: Random): Int32Array {
  const blocks = random.shuffle([...rowsByBlock(block).values()]).sort((a, b) => b.length - a.length);
  const wanted = classCounts(points).map((rows) => rows / parts);
  const held = Array.from({ length: parts }, () => new Array<number>(points.classes).fill(0));
  const rowsIn = new Array<number>(parts).fill(0);
  const part = new Int32Array(points.count);
  for (const rows of blocks) {
    const counts = classesOf(points, rows);
    let best = 0;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let f = 0; f < parts; f++) {
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
  return part;
}

/**
 * Rows in whole blocks, at most `quotas` of each class, blocks in random order. A class that has rows gets at least one.
 * Throws DatasetError where every block of a class is larger than its quota.
 */
export function takeBlocks(points: Labelled, block: Int32Array, quotas: readonly number[], random: Random): number[] {
  const left = [...quotas];
  const blocks = rowsByBlock(block);
  const taken: number[] = [];
  const isSeen = new Uint8Array(points.count);
  const got = new Array<number>(points.classes).fill(0);
  rowsByClass(points).forEach((rows, label) => {
    for (const row of random.shuffle([...rows])) {
      if (isSeen[row]) continue;
      const together = blocks.get(block[row]) ?? [row];
      for (const one of together) isSeen[one] = 1;
      const counts = classesOf(points, together);
      if (counts.some((rowsOf, c) => rowsOf > left[c])) continue;
      counts.forEach((rowsOf, c) => {
        left[c] -= rowsOf;
        got[c] += rowsOf;
      });
      taken.push(...together);
    }
    if (rows.length > 0 && got[label] === 0) throw noBlockFits(classText(points, label), rows.length, quotas[label]);
  });
  return taken;
}

/** Throws DatasetError unless every class has rows in at least `folds` blocks. */
export function requireBlocksPerClass(points: Labelled, block: Int32Array, folds: number): void {
  rowsByClass(points).forEach((rows, label) => {
    const different = new Set(rows.map((row) => block[row])).size;
    if (different >= folds) return;
    throw new DatasetError(
      'folds',
      `folds: the ${rows.length} points of class ${classText(points, label)} are copies of ` +
        `${different === 1 ? 'one row' : `${different} different rows`}, and identical rows stay together; ${folds} folds need at least ${folds} different rows of each class. Give more labels or fewer folds, or ` +
        'say that identical rows are independent measurements (duplicates: independent in a study file)',
    );
  });
}

function noBlockFits(name: string, rows: number, quota: number): DatasetError {
  return new DatasetError(
    'count',
    `count: the ${rows} points of class ${name} are copies of a few different rows, and identical rows stay together; none ` +
      `of these sets fits into the ${quota} points that the class gets here. Give more points, leave the copies out, or say ` +
      'that identical rows are independent measurements (duplicates: independent in a study file)',
  );
}

/** A class for a message: its name in quotes, or its number. */
export function classText({ classNames }: Pick<Labelled, 'classNames'>, label: number): string {
  return classNames?.[label] === undefined ? String(label) : quoted(classNames[label], "'");
}

/** The rows of each block, in the order of their first row. */
function rowsByBlock(block: Int32Array): Map<number, number[]> {
  const members = new Map<number, number[]>();
  block.forEach((key, row) => {
    const rows = members.get(key);
    if (rows) rows.push(row);
    else members.set(key, [row]);
  });
  return members;
}

function classesOf(points: Labelled, rows: readonly number[]): number[] {
  const counts = new Array<number>(points.classes).fill(0);
  for (const row of rows) counts[points.y[row]]++;
  return counts;
}
