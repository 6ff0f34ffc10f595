import { DatasetError } from '../dataset-error.ts';
import type { Points } from '../points.ts';
import { requireRowsPerClass } from '../stratified-folds.ts';
import { type CsvColumnOptions, type CsvColumns, isNumeric, resolveCsvColumns } from './csv-columns.ts';
import { type CsvField, parseCsvRecords } from './csv-records.ts';

/** How to read a file. */
export interface CsvOptions extends CsvColumnOptions {
  /** Character between fields. Default a comma. */
  readonly separator?: string;
  /** Leave out features that do not vary instead of refusing the file. Default false. */
  readonly dropConstant?: boolean;
  /**
   * Classes of another file that this one must agree with, such as a test file with its training file. The file may then
   * lack some of them and have constant features, but have no other label. Default: this file's own.
   */
  readonly classNames?: readonly string[];
  /** Number of folds that every class must have points for. Default: not checked. */
  readonly folds?: number;
}

/** A file's points, and what its numbers stand for. */
export interface CsvData {
  readonly points: Points;
  readonly featureNames: readonly string[];
  /** Texts of the labels, in order of their class: numbers by value, other texts by code unit. */
  readonly classNames: readonly string[];
  /** Texts of the groups, in the same order; empty without a group column. */
  readonly groupNames: readonly string[];
  /** Names of constant features that were left out. */
  readonly dropped: readonly string[];
}

/**
 * Reads labelled points from CSV text. Throws DatasetError, with line and column where there is one, for: a missing value,
 * a value that is no finite number, rows of different length, a column that is not there, one class only, more classes
 * than half the points (a label column that is not one), a constant feature (unless `dropConstant`), a class with fewer
 * points than `folds`.
 */
export function readCsv(text: string, options: CsvOptions = {}): CsvData {
  const columns = resolveCsvColumns(parseCsvRecords(text, options.separator), options);
  const labels = readTexts(columns, columns.label);
  const groups = columns.group === null ? null : readTexts(columns, columns.group);
  const classNames = options.classNames ?? namesInOrder(labels);
  const values = columns.features.map((column) => readNumbers(columns, column));
  checkClasses(columns, labels, classNames, options.classNames !== undefined);
  const constant = options.classNames
    ? []
    : columns.features.filter((_, j) => values[j].every((v) => v === values[j][0]));
  if (constant.length > 0 && !options.dropConstant) {
    const [first] = constant;
    throw new DatasetError(
      columns.names[first],
      `column ${first + 1} ('${columns.names[first]}') has the same value, ${values[columns.features.indexOf(first)][0]}, in every ` +
        'row and can teach nothing; leave it out of the file, or set dropConstant',
      { column: first + 1 },
    );
  }
  const kept = columns.features.filter((column) => !constant.includes(column));
  if (kept.length === 0) throw new DatasetError('csv', 'no feature varies; give at least one that does');
  const groupNames = groups ? namesInOrder(groups) : [];
  const points = assemble(columns, kept, values, labels, classNames, groups, groupNames);
  if (options.folds !== undefined) requireRowsPerClass(points, options.folds, 'folds', classNames);
  return {
    points,
    featureNames: kept.map((column) => columns.names[column]),
    classNames,
    groupNames,
    dropped: constant.map((column) => columns.names[column]),
  };
}

function assemble(
  columns: CsvColumns,
  kept: readonly number[],
  values: readonly Float32Array[],
  labels: readonly string[],
  classNames: readonly string[],
  groups: readonly string[] | null,
  groupNames: readonly string[],
): Points {
  const count = labels.length;
  const x = new Float32Array(count * kept.length);
  kept.forEach((column, j) => {
    const source = values[columns.features.indexOf(column)];
    for (let i = 0; i < count; i++) x[i * kept.length + j] = source[i];
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

const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?']);

function isMissing({ text, quoted }: CsvField): boolean {
  return !quoted && MISSING.has(text.toLowerCase());
}

function place(columns: CsvColumns, row: number, column: number): { where: string; line: number; column: number } {
  const { line } = columns.rows[row];
  return { where: `line ${line}, column ${column + 1} ('${columns.names[column]}')`, line, column: column + 1 };
}

/** Texts of a column; numbers in one form, so that `1`, `1.0` and `1.000e+00` are one class. */
function readTexts(columns: CsvColumns, column: number): string[] {
  return columns.rows.map(({ fields }, row) => {
    if (isMissing(fields[column])) {
      const { where, ...position } = place(columns, row, column);
      throw new DatasetError(
        columns.names[column],
        `${where}: the value is missing; fill it in or leave the row out`,
        position,
      );
    }
    const { text } = fields[column];
    return isNumeric(text) ? String(Number(text)) : text;
  });
}

function readNumbers(columns: CsvColumns, column: number): Float32Array {
  return Float32Array.from(columns.rows, ({ fields }, row) => {
    const field = fields[column];
    const value = Math.fround(Number(field.text));
    if (!isMissing(field) && isNumeric(field.text) && Number.isFinite(value)) return value;
    const { where, ...position } = place(columns, row, column);
    const what = isMissing(field)
      ? 'the value is missing; fill it in or leave the row out'
      : `'${field.text}' is not a finite number; give one, or name the column in 'ignore'`;
    throw new DatasetError(columns.names[column], `${where}: ${what}`, position);
  });
}

function namesInOrder(texts: readonly string[]): string[] {
  const names = [...new Set(texts)];
  if (names.every(isNumeric)) return names.sort((a, b) => Number(a) - Number(b));
  return names.sort((a, b) => (a < b ? -1 : 1));
}

function checkClasses(
  columns: CsvColumns,
  labels: readonly string[],
  classNames: readonly string[],
  given: boolean,
): void {
  const name = columns.names[columns.label];
  if (given) {
    labels.forEach((label, row) => {
      if (classNames.includes(label)) return;
      const { where, ...position } = place(columns, row, columns.label);
      throw new DatasetError(name, `${where}: label '${label}' is none of ${classNames.join(', ')}`, position);
    });
    return;
  }
  const column = columns.label + 1;
  if (classNames.length < 2) {
    throw new DatasetError(
      name,
      `column ${column} ('${name}'): every label is '${classNames[0]}'; there must be at least two classes`,
      { column },
    );
  }
  if (2 * classNames.length > labels.length) {
    throw new DatasetError(
      name,
      `column ${column} ('${name}'): ${labels.length} points have ${classNames.length} different labels; give at least two ` +
        'points a class, or name another label column',
      { column },
    );
  }
}
