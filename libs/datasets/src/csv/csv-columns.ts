import { DatasetError } from '../dataset-error.ts';
import type { CsvField, CsvRecord } from './csv-records.ts';

/** Which columns of a file are what. */
export interface CsvColumns {
  /** Name of every column: from the header, or x0, x1, … without one. */
  readonly names: readonly string[];
  /** Positions of the features, from 0. */
  readonly features: readonly number[];
  /** Position of the label, from 0. */
  readonly label: number;
  /** Position of the group, from 0; null without. */
  readonly group: number | null;
  /** The records that hold data. */
  readonly rows: readonly CsvRecord[];
}

/** How to find the columns. */
export interface CsvColumnOptions {
  /** Whether the first row names the columns. Default: it does where one of its feature cells is not a number. */
  readonly header?: boolean;
  /** Label column: its name, or its position from 0, or from the end below 0. Default −1, the last. */
  readonly label?: string | number;
  /** Group column, named in the same way. Default: none. */
  readonly group?: string | number;
  /** Columns to leave out, named in the same way. */
  readonly ignore?: readonly (string | number)[];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Whether a field reads as a finite decimal number. */
export function isNumeric(text: string): boolean {
  return NUMBER.test(text) && Number.isFinite(Number(text));
}

/**
 * Finds header, label, group and features. Throws DatasetError for an empty file, rows of different length (with line),
 * a column that is not there (listing those that are), one column in two roles, or no feature left.
 */
export function resolveCsvColumns(records: readonly CsvRecord[], options: CsvColumnOptions): CsvColumns {
  if (records.length === 0) throw new DatasetError('csv', 'the file is empty; give one row per point');
  const width = records[0].fields.length;
  for (const { line, fields } of records) {
    if (fields.length !== width) {
      throw new DatasetError(
        'csv',
        `line ${line}: the row has ${fields.length} columns, the first has ${width}; give every row the same number`,
        { line },
      );
    }
  }
  const named = [options.label, options.group, ...(options.ignore ?? [])].some((column) => typeof column === 'string');
  const header = options.header ?? (named || looksLikeHeader(records, options));
  const names = header
    ? records[0].fields.map(({ text }, i) => (text === '' ? `x${i}` : text))
    : Array.from({ length: width }, (_, i) => `x${i}`);
  const rows = header ? records.slice(1) : records;
  if (rows.length === 0) throw new DatasetError('csv', 'the file has a header and no points; give one row per point');
  const label = positionOf('label', options.label ?? -1, names, header);
  const group = options.group === undefined ? null : positionOf('group', options.group, names, header);
  if (group === label)
    throw new DatasetError('group', `group: column '${names[label]}' is the label; name another one`);
  const left = new Set((options.ignore ?? []).map((column) => positionOf('ignore', column, names, header)));
  if (left.has(label))
    throw new DatasetError('ignore', `ignore: column '${names[label]}' is the label; do not ignore it`);
  const features = names.map((_, i) => i).filter((i) => i !== label && i !== group && !left.has(i));
  if (features.length === 0)
    throw new DatasetError('csv', 'the file has no feature beside its label; give at least one');
  return { names, features, label, group, rows };
}

function looksLikeHeader(records: readonly CsvRecord[], options: CsvColumnOptions): boolean {
  const { fields } = records[0];
  const isRole = (i: number) =>
    [options.label ?? -1, options.group, ...(options.ignore ?? [])].some(
      (column) => typeof column === 'number' && (column < 0 ? column + fields.length : column) === i,
    );
  return fields.some((field: CsvField, i) => !isRole(i) && field.text !== '' && !isNumeric(field.text));
}

function positionOf(role: string, column: string | number, names: readonly string[], header: boolean): number {
  if (typeof column === 'string') {
    const found = names.indexOf(column);
    if (found < 0) {
      const known = header ? `the columns are ${names.join(', ')}` : 'the file has no header; give a position';
      throw new DatasetError(role, `${role}: there is no column '${column}'; ${known}`);
    }
    if (names.includes(column, found + 1)) {
      throw new DatasetError(role, `${role}: two columns are named '${column}'; give a position`);
    }
    return found;
  }
  const position = column < 0 ? column + names.length : column;
  if (!Number.isInteger(position) || position < 0 || position >= names.length) {
    throw new DatasetError(
      role,
      `${role}: there is no column ${column}; positions are 0 … ${names.length - 1}, or −1 … −${names.length} from the end`,
    );
  }
  return position;
}
