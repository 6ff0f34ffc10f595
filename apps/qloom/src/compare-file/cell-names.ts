import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import type { CellEntry } from './compare-file.ts';

/** Maximum length of a study's id. */
const LONGEST_ID = 63;
/** Hexadecimal digits of the hash that ends a shortened id. */
const HASH_DIGITS = 8;

/** Name of an entry's cells: its `name`, else that of its task, else that of its CSV without what names cannot have. */
export function groupOf({ name, data = {} }: CellEntry): string {
  if (name !== undefined) return name;
  if (data.task !== undefined) return data.task;
  const { csv = 'cell' } = data;
  return (
    basename(csv, extname(csv))
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'cell'
  );
}

/** `annni-n20`, `annni-n20-s7`: a group with its number of labels, and its seed where the entry lists seeds. */
export function cellName(group: string, labels: number | undefined, seed: number | undefined): string {
  return `${group}${labels === undefined ? '' : `-n${labels}`}${seed === undefined ? '' : `-s${seed}`}`;
}

/** Id of a cell's study: `<compare>-<cell>`; a longer one than the log allows is cut and ends in a hash of the whole. */
export function studyId(compare: string, cell: string): string {
  const whole = `${compare}-${cell}`;
  if (whole.length <= LONGEST_ID) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, HASH_DIGITS);
  return `${whole.slice(0, LONGEST_ID - HASH_DIGITS - 1)}-${hash}`;
}
