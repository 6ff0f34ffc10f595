import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { SourcePoints } from '@qloom/study/points/points.ts';
import { readNumbers, readTexts, requireValues } from './feature-columns.ts';
import { labelWarnings, namesInOrder, requireClasses, requireClassSizes, requireKnownClasses } from './label-column.ts';
import { placeOf } from './place.ts';
import { type CsvColumnOptions, type CsvColumns, resolveCsvColumns } from './reading/csv-columns.ts';
import { parseCsvRecords } from './reading/csv-records.ts';
import type { DecimalMark } from './reading/number-text.ts';
import { evenRecords } from './reading/row-widths.ts';
import { findSeparator, separatorHint } from './reading/separator.ts';
import { shown } from './shown-text.ts';
import { columnWarnings, type FeatureColumn, namesRows } from './warnings/column-warnings.ts';
import { leakWarnings } from './warnings/leak-warnings.ts';
import { type DuplicateRows, findRowFaults, hiddenCopyWarnings, requireRowsLeft } from './warnings/row-warnings.ts';

/** How to read a file. */
export interface CsvOptions extends CsvColumnOptions {
  /** Character between fields. Default: detected; a comma where nothing else fits better. */
  readonly separator?: string;
  /** Leave out features that do not vary instead of refusing the file. Default false. */
  readonly dropConstant?: boolean;
  /** How rows with the same features are treated. Default: they stay together, with a warning. */
  readonly duplicates?: DuplicateRows;
  /**
   * Classes of another file that this one must agree with, such as a test file with its training file. The file may then
   * lack some of them and have constant features, but have no other label. Default: this file's own.
   */
  readonly classNames?: readonly string[];
  /** Number of folds that every class must have points for. Default: not checked. */
  readonly folds?: number;
}

/** A file's points, with names of features, classes and groups. */
export interface CsvData {
  /** In the units of the file, in float64. */
  readonly points: SourcePoints;
  readonly featureNames: readonly string[];
  /** Texts of the labels, in order of their class: numbers by value, other texts by code unit. */
  readonly classNames: readonly string[];
  /** Texts of the groups, in the same order; empty without a group column. */
  readonly groupNames: readonly string[];
  /** Names of constant features that were left out. */
  readonly dropped: readonly string[];
  /** How the file was read, where that is not the usual way. */
  readonly notes: readonly string[];
  /** Warnings about the data, with the option that resolves each. */
  readonly warnings: readonly string[];
}

/**
 * Reads labelled points from CSV text. Throws DatasetError, with line and column where there is one, for: a missing value,
 * a value that is no finite number, rows of different length, a column that is not there, one class only, labels that are no
 * classes, a constant feature (unless `dropConstant`), a class with fewer points than `folds`.
 */
export function readCsv(text: string, options: CsvOptions = {}): CsvData {
  const { decimal = '.' } = options;
  const table = readTable(text, options);
  const columns = resolveCsvColumns(table.records, options);
  requireValues(columns);
  const labels = readTexts(columns, columns.label, decimal);
  const groups = columns.group === null ? null : readTexts(columns, columns.group, decimal);
  const isDefault = options.label === undefined;
  const classNames = options.classNames ?? namesInOrder(labels);
  const read = columns.features.map(
    (column): FeatureColumn => ({
      name: columns.names[column],
      column,
      values: readNumbers(columns, column, decimal, isDefault),
      isNamed: columns.named.has(column),
    }),
  );
  if (options.classNames) requireKnownClasses(columns, labels, options.classNames);
  else requireClasses(columns, labels, isDefault);
  const constant = options.classNames ? [] : read.filter(({ values }) => values.every((value) => value === values[0]));
  if (constant.length > 0 && !options.dropConstant) throw constantFeature(columns, constant[0], decimal);
  const isConstant = new Set(constant);
  const kept = read.filter((feature) => !isConstant.has(feature));
  if (kept.length === 0) throw new DatasetError('csv', 'no feature varies; give at least one that does');
  const groupNames = groups ? namesInOrder(groups) : [];
  const all = assemble(kept, labels, classNames, groups, groupNames);
  const found = findRowFaults(all, columns, classNames, options.duplicates);
  const points = withoutRows(all, found.dropped);
  if (found.dropped.size > 0) requireRowsLeft(points, all);
  if (options.header === undefined) requireNoLoneHeader(columns, points, classNames, options.folds);
  if (options.folds !== undefined) requireClassSizes(points, classNames, options.folds);
  return {
    points,
    featureNames: kept.map(({ name }) => name),
    classNames,
    groupNames,
    dropped: constant.map(({ name }) => name),
    notes: table.notes,
    warnings: [
      ...columns.warnings,
      ...labelWarnings(columns, classNames, isDefault),
      ...columnWarnings(columns, kept),
      ...leakWarnings(kept, all.y, classNames),
      ...found.warnings,
      ...hiddenCopyWarnings(all, columns, kept.map((feature, index) => ({ ...feature, index })).filter(namesRows)),
    ],
  };
}

function readTable(text: string, { separator: given, decimal }: CsvOptions) {
  // Excel's first line `sep=;` names the separator; an empty line in its place keeps the numbers of the others.
  const declared = /^\uFEFF?sep=(.)(?=\r|\n|$)/i.exec(text);
  const body = declared === null ? text : text.slice(declared[0].length);
  const found = given ?? declared?.[1];
  const { separator, note } =
    found === undefined ? findSeparator(body, decimal) : { separator: found, note: undefined };
  const records = parseCsvRecords(body, separator);
  if (records.length === 0) throw new DatasetError('csv', 'the file is empty; give one row per point');
  const even = evenRecords(records, separator);
  if (even.records[0].fields.length === 1) {
    const hint = separatorHint(body, separator);
    if (hint !== undefined) throw new DatasetError('csv', hint);
  }
  return { records: even.records, notes: [...(note === undefined ? [] : [note]), ...even.notes] };
}

/** Throws DatasetError where the label of the first line occurs once, too few for the folds: a header of numbers? */
function requireNoLoneHeader(
  columns: CsvColumns,
  { y }: SourcePoints,
  classNames: readonly string[],
  folds: number | undefined,
): void {
  const isAlone = y.indexOf(y[0], 1) < 0 && y.length > 1;
  if (folds === undefined || !isAlone || columns.header) return;
  const { where, ...position } = placeOf(columns, 0, columns.label);
  throw new DatasetError(
    columns.names[columns.label],
    `${where}: no other row has the label ${shown(classNames[y[0]])}; set header: true where this line is a header of numbers, ` +
      `or give at least ${folds} points of the class`,
    position,
  );
}

function constantFeature(
  columns: CsvColumns,
  { name, column, values }: FeatureColumn,
  decimal: DecimalMark,
): DatasetError {
  const texts = new Set(readTexts(columns, column, decimal));
  if (texts.size > 1) {
    return new DatasetError(
      name,
      `column ${column + 1} (${shown(name)}) has ${texts.size} different numbers that float64 cannot tell apart: all are ` +
        `${values[0]} to it. Subtract what they have in common, or leave the column out with ignore`,
      { column: column + 1 },
    );
  }
  return new DatasetError(
    name,
    `column ${column + 1} (${shown(name)}) has the same value, ${values[0]}, in every row and can teach nothing; leave it out of ` +
      'the file, or set dropConstant',
    { column: column + 1 },
  );
}

function assemble(
  kept: readonly FeatureColumn[],
  labels: readonly string[],
  classNames: readonly string[],
  groups: readonly string[] | null,
  groupNames: readonly string[],
): SourcePoints {
  const count = labels.length;
  const x = new Float64Array(count * kept.length);
  kept.forEach(({ values }, j) => {
    for (let i = 0; i < count; i++) x[i * kept.length + j] = values[i];
  });
  const indexOf = new Map(classNames.map((name, i) => [name, i]));
  const groupOf = new Map(groupNames.map((name, i) => [name, i]));
  return {
    count,
    features: kept.length,
    classes: classNames.length,
    x,
    y: Int32Array.from(labels, (label) => indexOf.get(label) ?? -1),
    ...(groups ? { group: Int32Array.from(groups, (name) => groupOf.get(name) ?? -1) } : {}),
  };
}

function withoutRows(points: SourcePoints, dropped: ReadonlySet<number>): SourcePoints {
  if (dropped.size === 0) return points;
  const { features, x, y, group } = points;
  const rows = Array.from({ length: points.count }, (_, row) => row).filter((row) => !dropped.has(row));
  return {
    ...points,
    count: rows.length,
    x: Float64Array.from(rows.flatMap((row) => [...x.subarray(row * features, (row + 1) * features)])),
    y: Int32Array.from(rows, (row) => y[row]),
    ...(group ? { group: Int32Array.from(rows, (row) => group[row]) } : {}),
  };
}
