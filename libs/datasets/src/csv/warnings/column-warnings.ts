import { echoed } from '@qloom/tensor/quoted.ts';
import { findIdenticalRows } from '../../split/identical-rows.ts';
import type { CsvColumns } from '../reading/csv-columns.ts';
import type { CsvField } from '../reading/csv-records.ts';
import { firstOf, shown, shownList } from '../shown-text.ts';

/** A feature as it was read. */
export interface FeatureColumn {
  readonly name: string;
  /** Position in the file, from 0. */
  readonly column: number;
  /** One a row. */
  readonly values: Float64Array;
  /** Whether the study file names it as a feature. */
  readonly isNamed: boolean;
}

/** With fewer rows a column gets no warnings. */
const LEAST_ROWS = 6;

/**
 * Features that are suspicious by themselves: row numbers and clock times, ids, codes for a missing value, numbers with more
 * digits than float64 holds, and two with the same values.
 */
export function columnWarnings(columns: CsvColumns, features: readonly FeatureColumn[]): string[] {
  const unnamed = features.filter(({ isNamed }) => !isNamed);
  const counting = new Set(unnamed.filter(({ values }) => howCounting(values) !== undefined));
  const ids = unnamed.filter((feature) => !counting.has(feature) && isId(feature));
  const likewise = (warnings: readonly string[]) => firstOf(warnings, 'columns');
  return [
    ...likewise([...counting].map((feature) => countingWarning(feature))),
    ...likewise(ids.map((feature) => idWarning(feature))),
    ...likewise(features.flatMap((feature) => codeWarning(feature))),
    ...likewise(features.flatMap((feature) => digitsWarning(columns, feature))),
    ...likewise(equalColumns(features)),
  ];
}

/** Whether a feature seems to number or name the rows, and is not said to be meant. */
export function namesRows(feature: FeatureColumn): boolean {
  return !feature.isNamed && (howCounting(feature.values) !== undefined || isId(feature));
}

function countingWarning(feature: FeatureColumn): string {
  return (
    `${nameOf(feature)} ${howCounting(feature.values)}, as row numbers, ids and clock times do: where the rows are sorted it ` +
    'gives the label away. Leave it out with ignore; name it in features where it is meant'
  );
}

function idWarning(feature: FeatureColumn): string {
  const isEach = new Set(feature.values).size === feature.values.length;
  return (
    `${nameOf(feature)} has ${isEach ? 'another whole number in every row' : 'whole numbers'} and the name of an ` +
    `${isEach ? 'id' : 'index'}, which tells nothing about new points. Leave it out with ignore; name it in features where it is meant`
  );
}

function nameOf({ name, column }: FeatureColumn): string {
  return `column ${column + 1} (${shown(name)})`;
}

/** How values count the rows: by one step from row to row, or as consecutive whole numbers in any order. */
function howCounting(values: Float64Array): string | undefined {
  if (values.length < LEAST_ROWS) return undefined;
  const step = values[1] - values[0];
  // Decimal steps such as 0.1 are rounded in float64: each value and the step by less than this.
  const rounding = 4 * Number.EPSILON * (Math.abs(step) * values.length + Math.abs(values[0])) * values.length;
  if (
    step !== 0 &&
    values.every((value, i) => Math.abs(value - (values[0] + i * step)) <= Math.min(rounding, Math.abs(step) / 4))
  ) {
    return `changes by ${Number(step.toPrecision(6))} from row to row`;
  }
  const lowest = values.reduce((a, b) => Math.min(a, b));
  const highest = values.reduce((a, b) => Math.max(a, b));
  const isEach = highest - lowest === values.length - 1 && values.every((value) => Number.isInteger(value));
  return isEach && new Set(values).size === values.length
    ? `holds every whole number from ${lowest} to ${highest} once`
    : undefined;
}

const ID_NAME = /^(.*[\s_-])?(id|ids|idx|index|uuid|guid|key|row|no|nr|number|serial|sample)\.?$|[a-z]Id$|^#$/i;

/** Names that pandas gives to an index that became a column; of joined frames it has numbers twice. */
const INDEX_NAME = /^(index|level_\d+)$/i;

function isId({ name, values }: FeatureColumn): boolean {
  if (values.length < LEAST_ROWS || !values.every((value) => Number.isInteger(value))) return false;
  return INDEX_NAME.test(name) || (ID_NAME.test(name) && new Set(values).size === values.length);
}

/** Numbers that represent a missing value in many files. */
const CODES = new Set([
  -1e30, -999_999, -99_999, -9999, -999, -99, 999, 9999, 99_999, 999_999, 1e30, -1e34, 1e20, 1e36,
]);

/** A code is an outlier: at least five ranges of the other values away from them. */
function codeWarning(feature: FeatureColumn): string[] {
  const codes = new Set(feature.values.filter((value) => CODES.has(value)));
  for (const code of codes) {
    const others = feature.values.filter((value) => value !== code);
    if (others.length < LEAST_ROWS) continue;
    const lowest = others.reduce((a, b) => Math.min(a, b));
    const highest = others.reduce((a, b) => Math.max(a, b));
    const away = Math.max(lowest - code, code - highest);
    if (!(away > 5 * (highest - lowest))) continue;
    const rows = feature.values.length - others.length;
    return [
      `${nameOf(feature)} is ${code} in ${rows} of ${feature.values.length} rows, and between ${lowest} and ${highest} in the others: a ` +
        'code for a missing value? Fill these values in, or leave the rows out',
    ];
  }
  return [];
}

/** Whole numbers that float64 rounds, such as ids beyond 2⁵³. */
function digitsWarning({ rows }: CsvColumns, feature: FeatureColumn): string[] {
  const isRounded = ({ text }: CsvField, value: number) =>
    Math.abs(value) > Number.MAX_SAFE_INTEGER &&
    /^[+-]?\d+$/.test(text) &&
    BigInt(text.replace(/^\+/, '')) !== BigInt(value);
  const rounded = rows.filter(({ fields }, row) => isRounded(fields[feature.column], feature.values[row]));
  if (rounded.length === 0) return [];
  const [{ line, fields }] = rounded;
  const { text } = fields[feature.column];
  return [
    `${nameOf(feature)} has whole numbers beyond 2^53, which float64 rounds: line ${line} has ${echoed(text)} and is read as ` +
      `${BigInt(Number(text))}, as are ${rounded.length} of ${rows.length} rows. Leave an id out with ignore`,
  ];
}

function equalColumns(features: readonly FeatureColumn[]): string[] {
  const count = features[0].values.length;
  const x = new Float64Array(features.length * count);
  features.forEach(({ values }, i) => {
    x.set(values, i * count);
  });
  // The columns as rows of a table of their own: of equal ones each costs one look-up, however many there are.
  const table = { count: features.length, features: count, classes: 1, x, y: new Int32Array(features.length) };
  return findIdenticalRows(table).map(
    (same) =>
      `columns ${shownList(same.map((i) => shown(features[i].name)))} have the same values in every row; leave all but one out with ignore`,
  );
}
