import { shown } from '../shown-text.ts';
import { type CsvRecord, parseCsvRecords } from './csv-records.ts';
import { type DecimalMark, isNumeric } from './number-text.ts';

/** What separates the fields of a file. */
export interface Separator {
  readonly separator: string;
  /** Note for a separator other than the comma. */
  readonly note?: string;
}

const CANDIDATES = [',', ';', '\t', '|'] as const;
const NAMES: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars (|)' };

/** Separators that are suggested where the rows have no other, but never chosen: they also occur in texts and times. */
const UNUSUAL = [':', '~', '^', '&', '!', '#', '@', '_', '\u0001'] as const;

/** Number of records that are examined. */
const SAMPLE = 100;

/**
 * Finds the separator: the one that gives all rows of a sample the same number of fields, at least two, and makes the largest
 * share of them numbers (with a point or a comma); a comma where none does. Ties go to the order comma, semicolon, tab, bar.
 * The decimal mark is none.
 */
export function findSeparator(text: string, decimal: DecimalMark = '.'): Separator {
  let best: { separator: string; share: number } | undefined;
  for (const separator of CANDIDATES.filter((one) => one !== decimal)) {
    const share = numericShare(sampleOf(text, separator));
    if (share !== undefined && (best === undefined || share > best.share)) best = { separator, share };
  }
  const separator = best?.separator ?? ',';
  return separator === ',' ? { separator } : { separator, note: `fields are separated by ${NAMES[separator]}` };
}

/** Why rows of a single field may be so, and what would be right; undefined where nothing is seen. */
export function separatorHint(text: string, separator: string): string | undefined {
  const other = CANDIDATES.find((one) => one !== separator && numericShare(sampleOf(text, one)) !== undefined);
  if (other !== undefined) {
    return `the rows have no ${shown(separator)}, and ${NAMES[other]} between their fields; set separator: ${JSON.stringify(other)}`;
  }
  const unusual = UNUSUAL.filter((one) => one !== separator).find(
    (one) => (numericShare(sampleOf(text, one)) ?? 0) > 0.5,
  );
  if (unusual !== undefined) {
    return `the rows have no ${shown(separator)}, and ${JSON.stringify(unusual)} between their fields; set separator: ${JSON.stringify(unusual)}`;
  }
  const lines = text.split(/\r\n|\n|\r/, SAMPLE).filter((line) => line.trim() !== '');
  const fields = lines.map((line) => line.trim().split(/[ \t]+/).length);
  if (lines.length > 1 && fields[0] > 1 && fields.every((n) => n === fields[0])) {
    return 'the fields are separated by blanks, as numpy.savetxt writes them; write the file with commas (delimiter=",")';
  }
  return undefined;
}

function sampleOf(text: string, separator: string): CsvRecord[] {
  try {
    return parseCsvRecords(text, separator, SAMPLE);
  } catch {
    return [];
  }
}

/** Share of numbers behind the first row; undefined where rows differ in length or have a single field. */
function numericShare(records: readonly CsvRecord[]): number | undefined {
  const width = records[0]?.fields.length ?? 0;
  if (width < 2 || records.some(({ fields }) => fields.length !== width)) return undefined;
  const cells = records.slice(records.length > 1 ? 1 : 0).flatMap(({ fields }) => fields);
  const numbers = cells.filter(({ text }) => isNumeric(text) || isNumeric(text, ','));
  return numbers.length / cells.length;
}
