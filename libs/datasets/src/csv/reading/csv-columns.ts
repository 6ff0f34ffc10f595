import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { echoed } from '@qloom/tensor/quoted.ts';
import { firstOf, shown, shownList } from '../shown-text.ts';
import type { CsvRecord } from './csv-records.ts';
import { findHeader, type HeaderFinding } from './find-header.ts';
import { type DecimalMark, isNumeric, readNumber } from './number-text.ts';

/** Roles of a file's columns. */
export interface CsvColumns {
  /** Name of every column, each another one: from the header, or x0, x1, … without one. */
  readonly names: readonly string[];
  /** Positions of the features, from 0. */
  readonly features: readonly number[];
  /** Which features are named in the options. */
  readonly named: ReadonlySet<number>;
  /** Position of the label, from 0. */
  readonly label: number;
  /** Position of the group, from 0; null without. */
  readonly group: number | null;
  /** Whether the first record is a header. */
  readonly header: boolean;
  /** The records that hold data. */
  readonly rows: readonly CsvRecord[];
  /** Warnings about the columns. */
  readonly warnings: readonly string[];
}

/** How to find the columns. */
export interface CsvColumnOptions {
  /** Whether the first row names the columns. Default: detected by {@link findHeader}. */
  readonly header?: boolean;
  /** Label column: its name, or its position from 0, or from the end below 0. Default −1, the last. */
  readonly label?: string | number;
  /** Group column, named in the same way. Default: none. */
  readonly group?: string | number;
  /** The features, named in the same way, in the order of the file. Default: all other columns. */
  readonly features?: readonly (string | number)[];
  /** Columns to leave out, named in the same way. */
  readonly ignore?: readonly (string | number)[];
  /** Decimal mark. Default a point. */
  readonly decimal?: DecimalMark;
}

/**
 * Finds header, label, group and features of records of one length. A column without a name that has another whole number or
 * text in every row, as pandas writes its index, is no feature unless it is named as one. Throws DatasetError for an empty
 * file, a column that is not there (listing those that are), one column in two roles, or no feature left.
 */
export function resolveCsvColumns(records: readonly CsvRecord[], options: CsvColumnOptions): CsvColumns {
  const { header, warning } = headerOf(records, options);
  const width = records[0].fields.length;
  const given = header
    ? records[0].fields.map(({ text }, i) => withoutComment(text, i))
    : new Array<string>(width).fill('');
  const known = given.map((text, i) => (text === '' ? `x${i}` : text));
  const rows = header ? records.slice(1) : records;
  if (rows.length === 0) throw new DatasetError('csv', 'the file has a header and no points; give one row per point');
  const at = (role: string, column: string | number) => positionOf(role, column, known, header);
  const label = at('label', options.label ?? -1);
  const group = options.group === undefined ? null : at('group', options.group);
  if (group === label)
    throw new DatasetError('group', `group: column ${shown(known[label])} is the label; name another one`);
  const left = new Set((options.ignore ?? []).map((column) => at('ignore', column)));
  if (left.has(label))
    throw new DatasetError('ignore', `ignore: column ${shown(known[label])} is the label; do not ignore it`);
  const named = new Set((options.features ?? []).map((column) => at('features', column)));
  for (const column of named) {
    const role =
      column === label ? 'the label' : column === group ? 'the group' : left.has(column) ? 'ignored' : undefined;
    if (role === undefined) continue;
    throw new DatasetError('features', `features: column ${shown(known[column])} is ${role}; name it in one place`);
  }
  const free = known.map((_, i) => i).filter((i) => i !== label && i !== group && !left.has(i));
  const index =
    header && named.size === 0 ? free.filter((i) => isUnnamed(given[i]) && isIndex(rows, i, options.decimal)) : [];
  const isLeftOut = new Set(index);
  const features = named.size > 0 ? free.filter((i) => named.has(i)) : free.filter((i) => !isLeftOut.has(i));
  if (features.length === 0) {
    const taken = index.length > 0 ? ` (column ${index[0] + 1} has no name, and is taken for an index)` : '';
    throw new DatasetError('csv', `the file has no feature beside its label${taken}; give at least one`);
  }
  const { names, renamed } = uniqueNames(known, features);
  const unnamed = header ? features.filter((i) => given[i] === '') : [];
  const likewise = (found: readonly string[]) => firstOf(found, 'columns');
  const asLabel = header ? features.filter((i) => known[i] === known[label] && given[i] !== '') : [];
  const warnings = [
    ...(warning === undefined ? [] : [warning]),
    ...likewise(index.map(indexWarning)),
    ...likewise(unnamed.map((i) => `column ${i + 1} has no name in the header; it is called ${shown(names[i])} here`)),
    ...likewise(
      asLabel.map(
        (i) =>
          `column ${i + 1} is a feature and has the name of the label, ${shown(known[label])}; where it is a copy, it gives ` +
          'the label away. Name each column once, or leave it out with ignore and its position',
      ),
    ),
    ...likewise(
      renamed.map(
        ({ from, to }) =>
          `several columns are named ${shown(from)}; one of them is called ${shown(to)} here. Name each column once`,
      ),
    ),
  ];
  return { names, features, named, label, group, header, rows, warnings };
}

function headerOf(records: readonly CsvRecord[], options: CsvColumnOptions): HeaderFinding {
  const { label = -1, group, ignore = [], features = [], decimal = '.' } = options;
  const roles = [label, group, ...ignore];
  const isNamed = [...roles, ...features].some((column) => typeof column === 'string');
  if (options.header !== undefined || isNamed) return { header: options.header ?? true };
  const width = records[0].fields.length;
  const positions = roles.map((column) =>
    typeof column !== 'number' ? Number.NaN : column < 0 ? column + width : column,
  );
  // A label that is not there is refused later, with the columns that there are.
  const at = positions[0] >= 0 && positions[0] < width ? positions[0] : width - 1;
  return findHeader(records, (column) => positions.includes(column), at, decimal);
}

/** `# x, y, label` is a header behind a comment sign, as numpy.savetxt writes it. */
function withoutComment(text: string, column: number): string {
  return column === 0 ? text.replace(/^#\s*/, '') : text;
}

function isUnnamed(name: string): boolean {
  return name === '' || /^unnamed: \d+(_level_\d+)?(\.\d+)?$/i.test(name);
}

/**
 * Whether a column without a name is an index: whole numbers in the first column, or another whole number or text in every row
 * of a later one.
 */
function isIndex(rows: readonly CsvRecord[], column: number, decimal?: DecimalMark): boolean {
  const texts = rows.map(({ fields }) => fields[column].text);
  const isWhole = texts.every((text) => Number.isInteger(readNumber(text, decimal)));
  if (isWhole && column === 0) return true;
  if (rows.length < 2 || new Set(texts).size !== texts.length) return false;
  return isWhole || texts.every((text) => text !== '' && !isNumeric(text, decimal));
}

function indexWarning(column: number): string {
  return (
    `column ${column + 1} has no name and holds what numbers or names the rows, as the index that pandas writes: it is left out. ` +
    'Write the file with index=False; a column that is a feature is named in features'
  );
}

/** Unique names among the features: v, v.1, v.2, as in pandas. */
function uniqueNames(
  known: readonly string[],
  features: readonly number[],
): { names: string[]; renamed: { from: string; to: string }[] } {
  const names = [...known];
  const renamed: { from: string; to: string }[] = [];
  const taken = new Set<string>();
  for (const column of features) {
    let name = known[column];
    for (let i = 1; taken.has(name) || (i > 1 && known.includes(name)); i++) name = `${known[column]}.${i}`;
    if (name !== known[column]) renamed.push({ from: known[column], to: name });
    names[column] = name;
    taken.add(name);
  }
  return { names, renamed };
}

function positionOf(role: string, column: string | number, names: readonly string[], header: boolean): number {
  if (typeof column === 'string') {
    const found = names.indexOf(column);
    if (found < 0) {
      const known = header
        ? `the columns are ${shownList(
            names.map((name) => echoed(name)),
            50,
          )}`
        : 'the file has no header; give a position';
      throw new DatasetError(role, `${role}: there is no column ${shown(column)}; ${known}`);
    }
    if (names.includes(column, found + 1)) {
      throw new DatasetError(role, `${role}: two columns are named ${shown(column)}; give a position`);
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
