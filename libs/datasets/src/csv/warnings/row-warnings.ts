import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { SourcePoints } from '@qloom/study/points/points.ts';
import { findIdenticalRows } from '../../split/identical-rows.ts';
import type { CsvColumns } from '../reading/csv-columns.ts';
import { shown, shownList } from '../shown-text.ts';

/**
 * Treatment of rows with the same features: keep them on one side of every split, since they may be copies; leave out
 * all but the first of those with the same label; or take them as independent measurements.
 */
export type DuplicateRows = 'together' | 'drop' | 'independent';

/** The rows that are kept, and warnings about them. */
export interface RowFindings {
  /** Rows that are left out, from 0. */
  readonly dropped: ReadonlySet<number>;
  readonly warnings: readonly string[];
}

/** Looks for rows with the same features. `duplicates` is undefined where the study file does not set it. */
export function findRowFaults(
  points: SourcePoints,
  columns: CsvColumns,
  classNames: readonly string[],
  duplicates: DuplicateRows | undefined,
): RowFindings {
  const sets = findIdenticalRows(points);
  if (sets.length === 0 || duplicates === 'independent') return { dropped: new Set(), warnings: [] };
  const lines = (rows: readonly number[]) => shownList(rows.map((row) => String(columns.rows[row].line)));
  const copies = sets.flatMap((rows) => copiesOf(rows, points.y));
  const conflicts = sets.filter((rows) => rows.some((row) => points.y[row] !== points.y[rows[0]]));
  const warnings: string[] = [];
  if (copies.length > 0 && duplicates !== 'together') {
    const [first] = sets.filter((rows) => copiesOf(rows, points.y).length > 0);
    const are = copies.length === 1 ? 'is a copy' : 'are copies';
    const found = `${copies.length} of ${points.count} rows ${are} of another row (such as lines ${lines(first)})`;
    warnings.push(
      duplicates === 'drop'
        ? `${found}; they are left out`
        : `${found}. They stay on one side of every split, so that no test point is among the labels. duplicates in the study ` +
            'file settles it: drop leaves them out, together keeps them, independent divides them as measurements of their own',
    );
  }
  if (conflicts.length > 0) {
    const [first] = conflicts;
    const labels = [...new Set(first.map((row) => shown(classNames[points.y[row]])))];
    const rows = conflicts.reduce((sum, set) => sum + set.length, 0);
    warnings.push(
      `${rows} of ${points.count} rows have the features of another row and another label (such as lines ${lines(first)}: ` +
        `${shownList(labels)}), which no classifier can tell apart. Correct the labels, or give the feature that tells them apart; ` +
        'duplicates: independent takes them as measurements of their own',
    );
  }
  const dropped = new Set(duplicates === 'drop' ? copies : []);
  return { dropped, warnings };
}

/**
 * Copies that a row number or an id hides: rows that differ in nothing but the `numbering` features (positions among the
 * features). Such rows are not kept together.
 */
export function hiddenCopyWarnings(
  points: SourcePoints,
  columns: CsvColumns,
  numbering: readonly { readonly index: number; readonly name: string }[],
): string[] {
  const rest = Array.from({ length: points.features }, (_, j) => j).filter((j) =>
    numbering.every(({ index }) => index !== j),
  );
  if (numbering.length === 0 || rest.length === 0) return [];
  const { count, features, x } = points;
  const without = Float64Array.from({ length: count * rest.length }, (_, i) => {
    return x[Math.floor(i / rest.length) * features + rest[i % rest.length]];
  });
  const sets = findIdenticalRows({ ...points, features: rest.length, x: without });
  if (sets.length === 0) return [];
  const rows = sets.reduce((sum, set) => sum + set.length - 1, 0);
  const lines = shownList(sets[0].map((row) => String(columns.rows[row].line)));
  return [
    `${rows} of ${count} rows ${rows === 1 ? 'is a copy' : 'are copies'} of another row (such as lines ${lines}) but for ` +
      `${shownList(numbering.map(({ name }) => shown(name)))}, and may be on both sides of a split. With that left out by ignore they stay together`,
  ];
}

/** Rows of a set that have the label of an earlier one. */
function copiesOf(rows: readonly number[], y: Int32Array): number[] {
  const seen = new Set<number>();
  return rows.filter((row) => {
    if (seen.has(y[row])) return true;
    seen.add(y[row]);
    return false;
  });
}

/** Throws DatasetError where leaving copies out leaves a class with too little. */
export function requireRowsLeft(points: SourcePoints, before: SourcePoints): void {
  if (points.count >= 2 * points.classes) return;
  throw new DatasetError(
    'duplicates',
    `duplicates: of ${before.count} rows ${points.count} are left without copies, for ${points.classes} classes; at least ` +
      `${2 * points.classes} are needed`,
  );
}
