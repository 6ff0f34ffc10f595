import type { UnlabelledPoints } from '@qloom/study/points/points.ts';

/**
 * Numbers of the rows of `points` whose features are those of a row of `known`, rising; labels play no part. Both are in the same
 * units. `rounding`, shape [count, features], is how far each value may be from that of the row it was copied from; absent: equal
 * values only.
 */
export function sharedRows(points: UnlabelledPoints, known: UnlabelledPoints, rounding?: Float64Array): number[] {
  return rounding === undefined ? equalRows(points, known) : nearRows(points, known, rounding);
}

function equalRows(points: UnlabelledPoints, known: UnlabelledPoints): number[] {
  const rows = new Set(rowKeys(known));
  return rowKeys(points).flatMap((key, row) => (rows.has(key) ? [row] : []));
}

/** A text for each row, equal if and only if the rows are. */
function rowKeys({ count, features, x }: UnlabelledPoints): string[] {
  // Adding 0 makes −0 equal to 0.
  return Array.from({ length: count }, (_, row) =>
    Array.from(x.subarray(row * features, (row + 1) * features), (value) => value + 0).join(),
  );
}

function nearRows(points: UnlabelledPoints, known: UnlabelledPoints, rounding: Float64Array): number[] {
  const { features } = points;
  const column = mostVaried(known);
  const order = Array.from({ length: known.count }, (_, row) => row);
  const keyOf = (row: number) => known.x[row * features + column];
  order.sort((a, b) => keyOf(a) - keyOf(b));
  const isNear = (row: number, other: number): boolean => {
    for (let j = 0; j < features; j++) {
      const at = row * features + j;
      if (Math.abs(points.x[at] - known.x[other * features + j]) > rounding[at]) return false;
    }
    return true;
  };
  const shared: number[] = [];
  for (let row = 0; row < points.count; row++) {
    const at = row * features + column;
    let next = firstAtLeast(points.x[at] - rounding[at], known.count, (i) => keyOf(order[i]));
    while (next < order.length && keyOf(order[next]) <= points.x[at] + rounding[at] && !isNear(row, order[next]))
      next++;
    if (next < order.length && keyOf(order[next]) <= points.x[at] + rounding[at]) shared.push(row);
  }
  return shared;
}

/** The feature with the most different values, by which few rows are near any value. */
function mostVaried({ count, features, x }: UnlabelledPoints): number {
  let best = 0;
  let most = 0;
  for (let j = 0; j < features; j++) {
    const values = new Set(Array.from({ length: count }, (_, row) => x[row * features + j]));
    if (values.size > most) [best, most] = [j, values.size];
  }
  return best;
}

/** The first index in 0 … count whose value is at least `least`; values rise. */
function firstAtLeast(least: number, count: number, valueAt: (index: number) => number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
