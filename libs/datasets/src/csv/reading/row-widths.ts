import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { CsvRecord } from './csv-records.ts';

/** Records of one length. */
export interface EvenRecords {
  readonly records: readonly CsvRecord[];
  readonly notes: readonly string[];
}

/**
 * Records of one length: an empty field behind the last separator of every row is no column. Throws DatasetError, with line and
 * cause, where rows differ in length. `separator` is what the fields were divided by.
 */
export function evenRecords(records: readonly CsvRecord[], separator: string): EvenRecords {
  const trimmed = withoutTrailing(records);
  const even = trimmed ?? records;
  const width = even[0].fields.length;
  const odd = even.find(({ fields }) => fields.length !== width);
  if (odd !== undefined) throw uneven(even, odd, separator);
  const notes =
    trimmed === undefined ? [] : ['every row ends with a separator; the empty column behind it is left out'];
  return { records: even, notes };
}

/** The rows without their last field where that is empty in all of them (but for a header that may lack it). */
function withoutTrailing(records: readonly CsvRecord[]): CsvRecord[] | undefined {
  const [first, ...rest] = records;
  const ends = (record: CsvRecord) => {
    const last = record.fields[record.fields.length - 1];
    return record.fields.length > 1 && last.text === '' && !last.quoted;
  };
  if (rest.length === 0 || !rest.every(ends)) return undefined;
  const width = rest[0].fields.length;
  const headerIsShort = first.fields.length === width - 1;
  if (!headerIsShort && !ends(first)) return undefined;
  const cut = (record: CsvRecord): CsvRecord => ({ ...record, fields: record.fields.slice(0, -1) });
  return [headerIsShort ? first : cut(first), ...rest.map(cut)];
}

function uneven(records: readonly CsvRecord[], odd: CsvRecord, separator: string): DatasetError {
  const [first, ...rest] = records;
  const width = first.fields.length;
  const extra = odd.fields.length - width;
  const isCommon = rest.every(({ fields }) => fields.length === odd.fields.length);
  let right = 'give every row the same number';
  if (first.fields[0].text.startsWith('#')) {
    right = `line ${first.line} begins with #, as a comment; leave comments out`;
  } else if (odd.fields[0].text.startsWith('#')) {
    right = 'it begins with #, as a comment; leave comments out';
  } else if (width === 1) {
    right = `line ${first.line} is no row of the table, but a title or a comment; leave it out`;
  } else if (isCommon && extra === 1 && rest.length > 1) {
    right =
      "the header names one column less than the rows have, as R's write.table writes row names: name that column in the " +
      'header, or write the file with row.names = FALSE';
  } else if (separator === ',' && isCommon && extra >= width - 1) {
    right =
      'numbers with a decimal comma divide at it; write them with a point, or separate the fields with semicolons';
  } else if (extra > 0 && separator === ',') {
    right = 'a number with a decimal comma, or a text with a comma, needs quotes';
  } else if (odd === records[records.length - 1] && extra < 0) {
    right = 'it is the last line: the file may have been cut off, or ends with a note';
  }
  return new DatasetError(
    'csv',
    `line ${odd.line}: the row has ${odd.fields.length} columns, the first has ${width}; ${right}`,
    { line: odd.line },
  );
}
