import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { placeOf } from './place.ts';
import type { CsvColumns } from './reading/csv-columns.ts';
import type { CsvField } from './reading/csv-records.ts';
import {
  canonicalName,
  type DecimalMark,
  isValueLike,
  MISSING,
  numberFault,
  readNumber,
} from './reading/number-text.ts';
import { shown, shownList } from './shown-text.ts';

function isMissing({ text, quoted }: CsvField): boolean {
  return !quoted && MISSING.has(text.toLowerCase());
}

/** Texts of a label or group column; numbers in one form. Throws DatasetError at a missing one. */
export function readTexts(columns: CsvColumns, column: number, decimal: DecimalMark): string[] {
  const names = new Map<string, string>();
  return columns.rows.map(({ fields }, row) => {
    if (isMissing(fields[column])) throw missingAt(columns, row, column);
    const { text } = fields[column];
    const known = names.get(text) ?? canonicalName(text, decimal);
    names.set(text, known);
    return known;
  });
}

/**
 * Values of a feature in float64. Throws DatasetError at the first field that is missing or no finite number, with the
 * cause, and the number of such fields in the column. `isLabelOpen`: the label is the last column only by default, so
 * that this may be it.
 */
export function readNumbers(
  columns: CsvColumns,
  column: number,
  decimal: DecimalMark,
  isLabelOpen: boolean,
): Float64Array {
  return Float64Array.from(columns.rows, ({ fields }, row) => {
    const field = fields[column];
    if (isMissing(field)) throw missingAt(columns, row, column);
    const value = readNumber(field.text, decimal);
    if (!Number.isNaN(value)) return value;
    const { where, ...position } = placeOf(columns, row, column);
    const fault = isSecondHeader(columns, row, decimal)
      ? 'is a text, as every feature of this line: a second header line, perhaps with units. Leave it out'
      : numberFault(field.text, decimal);
    const label = isLabelOpen && looksLikeLabel(columns, column, decimal);
    const hint = label ? `, or set label: ${shown(columns.names[column])} where it is the label` : '';
    throw new DatasetError(columns.names[column], `${where}: ${shown(field.text)} ${fault}${hint}`, position);
  });
}

/** Throws DatasetError where features have no value in any row, naming all of them. */
export function requireValues(columns: CsvColumns): void {
  const empty = columns.features.filter((column) => columns.rows.every(({ fields }) => isMissing(fields[column])));
  if (empty.length === 0) return;
  const [first] = empty;
  const names = shownList(empty.map((column) => shown(columns.names[column])));
  throw new DatasetError(
    columns.names[first],
    `column ${first + 1} (${shown(columns.names[first])}): no row has a value; leave out ${names} with ignore`,
    { column: first + 1 },
  );
}

/** Texts that each occur in several rows. */
function looksLikeLabel({ rows }: CsvColumns, column: number, decimal: DecimalMark): boolean {
  const texts = rows.map(({ fields }) => fields[column].text);
  return texts.every((text) => !isValueLike(text, decimal)) && 2 * new Set(texts).size <= texts.length;
}

function isSecondHeader(columns: CsvColumns, row: number, decimal: DecimalMark): boolean {
  if (row !== 0 || columns.features.length < 2) return false;
  const isNumberIn = (fields: readonly CsvField[]) =>
    columns.features.some((column) => !Number.isNaN(readNumber(fields[column].text, decimal)));
  const [first, second] = columns.rows;
  return second !== undefined && !isNumberIn(first.fields) && isNumberIn(second.fields);
}

function missingAt(columns: CsvColumns, row: number, column: number): DatasetError {
  const { where, ...position } = placeOf(columns, row, column);
  const { length } = columns.rows;
  const missing = columns.rows.filter(({ fields }) => isMissing(fields[column])).length;
  const many = missing > 1 ? `, as are ${missing} of ${length} in this column` : '';
  const isFeature = columns.features.includes(column);
  const right =
    isFeature && 2 * missing > length ? 'leave the column out with ignore' : 'fill it in or leave the row out';
  return new DatasetError(columns.names[column], `${where}: the value is missing${many}; ${right}`, position);
}
