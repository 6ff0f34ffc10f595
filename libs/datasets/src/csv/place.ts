import type { CsvColumns } from './reading/csv-columns.ts';
import { shown } from './shown-text.ts';

/** A field of a file: for a message, and by number. */
export interface Place {
  /** `line 3, column 2 ('v')`. */
  readonly where: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Place of the field of a row (from 0, without the header) and a column (from 0). */
export function placeOf(columns: CsvColumns, row: number, column: number): Place {
  const { line } = columns.rows[row];
  return { where: `line ${line}, column ${column + 1} (${shown(columns.names[column])})`, line, column: column + 1 };
}
