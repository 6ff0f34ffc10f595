import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { SourcePoints } from '@qloom/study/points/points.ts';
import { readNumbers } from './feature-columns.ts';
import { type CsvColumns, resolveCsvColumns } from './reading/csv-columns.ts';
import { type CsvRecord, parseCsvRecords } from './reading/csv-records.ts';
import type { DecimalMark } from './reading/number-text.ts';
import { evenRecords } from './reading/row-widths.ts';
import { findSeparator } from './reading/separator.ts';
import { shown, shownList } from './shown-text.ts';

/** How to read a file without labels. */
export interface UnlabelledCsvOptions {
  /** Features of the labelled data, in their order. */
  readonly featureNames: readonly string[];
  /** Whether the first line names the columns. Default: detected. */
  readonly header?: boolean;
  /** Character between fields. Default: detected. */
  readonly separator?: string;
  /** Decimal mark. Default a point. */
  readonly decimal?: DecimalMark;
}

/**
 * Reads rows without labels from CSV text, in float64, features in the order of `featureNames`. With a header columns are found
 * by name, and others are left out; without one the columns are the features. Throws DatasetError, with line and column
 * where there is one, for a column that is missing, a value that is missing or no finite number, rows of different length.
 */
export function readUnlabelledCsv(text: string, options: UnlabelledCsvOptions): Omit<SourcePoints, 'y' | 'classes'> {
  const { featureNames, header, decimal = '.' } = options;
  const separator = options.separator ?? findSeparator(text, decimal).separator;
  const records = parseCsvRecords(text, separator);
  if (records.length === 0) throw new DatasetError('csv', 'the file is empty; give one row per point');
  // The role of the label is given to the first column, and not used.
  const columns = resolveCsvColumns(withRoom(evenRecords(records, separator).records), { header, label: -1, decimal });
  const order = columns.header ? byName(columns, featureNames) : byPlace(columns, featureNames);
  const values = order.map((column) => readNumbers(columns, column, decimal, false));
  const count = columns.rows.length;
  const features = order.length;
  const x = new Float64Array(count * features);
  for (let row = 0; row < count; row++) for (let j = 0; j < features; j++) x[row * features + j] = values[j][row];
  return { count, features, x };
}

/** The records with one more column, which stands where labelled data has its label. */
function withRoom(records: readonly CsvRecord[]): CsvRecord[] {
  return records.map((record, row) => {
    const last = record.fields[record.fields.length - 1];
    return { ...record, fields: [...record.fields, { ...last, text: row === 0 ? NO_LABEL : 'none' }] };
  });
}

const NO_LABEL = '(no label)';

function byName({ names }: CsvColumns, featureNames: readonly string[]): number[] {
  const missing = featureNames.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const there = shownList(names.filter((name) => name !== NO_LABEL).map((name) => shown(name)));
    throw new DatasetError(
      'csv',
      `has no column ${shownList(missing.map((name) => shown(name)))}, a feature of the study's data; it has ${there}`,
    );
  }
  return featureNames.map((name) => names.indexOf(name));
}

function byPlace({ names }: CsvColumns, featureNames: readonly string[]): number[] {
  const width = names.length - 1;
  if (width !== featureNames.length) {
    throw new DatasetError(
      'csv',
      `has ${width} columns and no header, and the study's data has ${featureNames.length} features; give a header, or those columns`,
    );
  }
  return featureNames.map((_, j) => j);
}
