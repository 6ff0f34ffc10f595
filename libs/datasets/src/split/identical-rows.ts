import type { Points, SourcePoints } from '@qloom/study/points/points.ts';

/** Rows with the same features, in rising order; at least two. */
export type IdenticalRows = readonly number[];

/** Every set of rows whose features are equal (labels play no part), ordered by its first row. */
export function findIdenticalRows(points: Points | SourcePoints): IdenticalRows[] {
  const { x, count, features } = points;
  const sets = new Map<string, number[]>();
  const row = new Float64Array(features);
  const bytes = Buffer.from(row.buffer);
  for (let i = 0; i < count; i++) {
    // Adding 0 makes −0 and 0 one value.
    for (let j = 0; j < features; j++) row[j] = x[i * features + j] + 0;
    const key = bytes.toString('latin1');
    const rows = sets.get(key);
    if (rows) rows.push(i);
    else sets.set(key, [i]);
  }
  return [...sets.values()].filter((rows) => rows.length > 1);
}

/**
 * For each row the first row with the same features: rows with the same number must stay on one side of a split, or a test
 * point would be among the labels. Undefined where no two rows are identical.
 */
export function identicalRowBlocks(points: Points | SourcePoints): Int32Array | undefined {
  const sets = findIdenticalRows(points);
  if (sets.length === 0) return undefined;
  const block = Int32Array.from({ length: points.count }, (_, row) => row);
  for (const [first, ...copies] of sets) for (const row of copies) block[row] = first;
  return block;
}
