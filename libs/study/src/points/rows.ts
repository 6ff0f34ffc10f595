import { DatasetError } from './dataset-error.ts';
import type { Points } from './points.ts';

/** The rows `indices` of `points`, in that order; a row may be named more than once. Throws RangeError outside 0 … count − 1. */
export function selectRows(points: Points, indices: ArrayLike<number>): Points {
  const { features } = points;
  const x = new Float32Array(indices.length * features);
  const y = new Int32Array(indices.length);
  const group = points.group ? new Int32Array(indices.length) : undefined;
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row];
    if (!Number.isInteger(from) || from < 0 || from >= points.count) {
      throw new RangeError(`selectRows: row ${from} is not in 0 … ${points.count - 1}`);
    }
    x.set(points.x.subarray(from * features, (from + 1) * features), row * features);
    y[row] = points.y[from];
    if (group && points.group) group[row] = points.group[from];
  }
  return { count: indices.length, features, classes: points.classes, x, y, ...(group ? { group } : {}) };
}

/**
 * All rows of the first part, then of the second, and so on. Groups are kept only if every part with rows has them.
 * Throws DatasetError when the parts differ in features or classes, or when there is no part.
 */
export function concatenateRows(parts: readonly Points[]): Points {
  if (parts.length === 0) throw new DatasetError('parts', 'concatenateRows: no parts; give at least one');
  const { features, classes } = parts[0];
  for (const part of parts) {
    if (part.features !== features || part.classes !== classes) {
      throw new DatasetError(
        'parts',
        `concatenateRows: a part has ${part.features} features and ${part.classes} classes, the first has ` +
          `${features} and ${classes}; they must agree`,
      );
    }
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const grouped = parts.every((part) => part.count === 0 || part.group);
  const x = new Float32Array(count * features);
  const y = new Int32Array(count);
  const group = grouped && parts.some((part) => part.group) ? new Int32Array(count) : undefined;
  let at = 0;
  for (const part of parts) {
    x.set(part.x, at * features);
    y.set(part.y, at);
    if (group && part.group) group.set(part.group, at);
    at += part.count;
  }
  return { count, features, classes, x, y, ...(group ? { group } : {}) };
}

/** Number of rows of each class, shape [classes]. */
export function classCounts(points: Pick<Points, 'count' | 'classes' | 'y'>): number[] {
  const counts = new Array<number>(points.classes).fill(0);
  for (let row = 0; row < points.count; row++) counts[points.y[row]]++;
  return counts;
}

/** The row numbers of each class, in ascending order. */
export function rowsByClass(points: Pick<Points, 'count' | 'classes' | 'y'>): number[][] {
  const rows = Array.from({ length: points.classes }, (): number[] => []);
  for (let row = 0; row < points.count; row++) rows[points.y[row]].push(row);
  return rows;
}
