import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { SourcePoints } from '@qloom/study/points/points.ts';
import { requireRowsPerClass } from '../split/stratified-folds.ts';
import { placeOf } from './place.ts';
import type { CsvColumns } from './reading/csv-columns.ts';
import { isNumeric } from './reading/number-text.ts';
import { shown, shownList } from './shown-text.ts';

/** More different numbers with a fraction than this are a quantity, not classes. */
const MOST_FRACTIONS = 10;

/** Classes or groups by name: numbers by value, other texts by code unit. */
export function namesInOrder(texts: readonly string[]): string[] {
  const names = [...new Set(texts)];
  if (names.every((name) => isNumeric(name))) return names.sort((a, b) => Number(a) - Number(b));
  return names.sort((a, b) => (a < b ? -1 : 1));
}

/**
 * Throws DatasetError where `labels` are no classes: one class only, a quantity (a regression target), or a name for about
 * every row; with the columns whose names suggest a label, where the label is the last column only by default.
 */
export function requireClasses(columns: CsvColumns, labels: readonly string[], isDefault: boolean): void {
  const name = columns.names[columns.label];
  const column = columns.label + 1;
  const classes = new Set(labels);
  const where = `column ${column} (${shown(name)})`;
  const others = isDefault ? labelCandidates(columns) : [];
  const instead =
    others.length > 0
      ? `name the label, which may be ${shownList(others.map(shown))}, in label`
      : 'name another label column';
  const refuse = (what: string) => {
    throw new DatasetError(name, `${where}: ${what}`, { column });
  };
  if (classes.size < 2) {
    refuse(
      `every label is ${shown(labels[0])}; there must be at least two classes${others.length > 0 ? `; ${instead}` : ''}`,
    );
  }
  const isTooMany = 2 * classes.size > labels.length;
  const isNumber = labels.every((label) => isNumeric(label));
  const hasFractions = isNumber && labels.some((label) => !Number.isInteger(Number(label)));
  if (
    isNumber &&
    (hasFractions ? classes.size > MOST_FRACTIONS || isTooMany : isTooMany && classes.size > 2 * MOST_FRACTIONS)
  ) {
    refuse(
      `${labels.length} points have ${classes.size} different labels, all of them numbers: this is a quantity (a regression ` +
        `target) or a row number, and Qloom learns classes. Divide it into classes, or ${instead}`,
    );
  }
  if (isTooMany) {
    refuse(
      `${labels.length} points have ${classes.size} different labels, as names or ids have; give at least two points a class, ` +
        `or ${instead}`,
    );
  }
}

/**
 * Throws DatasetError where a class has too few points for the folds, with a note where the labels may be a quantity.
 */
export function requireClassSizes(points: SourcePoints, classNames: readonly string[], folds: number): void {
  try {
    requireRowsPerClass({ ...points, classNames }, folds);
  } catch (error) {
    const isQuantity = classNames.length > 2 * MOST_FRACTIONS && classNames.every((name) => isNumeric(name));
    if (!isQuantity || !(error instanceof DatasetError)) throw error;
    const what = `the ${classNames.length} different labels are all numbers, and may be a quantity (a regression target), which needs classes`;
    throw new DatasetError(error.field, `${error.message}; ${what}`);
  }
}

/** Throws DatasetError at the first label that is none of `classNames`. */
export function requireKnownClasses(
  columns: CsvColumns,
  labels: readonly string[],
  classNames: readonly string[],
): void {
  labels.forEach((label, row) => {
    if (classNames.includes(label)) return;
    const { where, ...position } = placeOf(columns, row, columns.label);
    throw new DatasetError(
      columns.names[columns.label],
      `${where}: label ${shown(label)} is none of ${shownList(classNames, 20)}`,
      position,
    );
  });
}

const LABEL_NAME = /^(label|labels|class|classes|target|species|category|outcome|diagnosis)$/i;

/** Names of features that suggest a label. */
function labelCandidates({ names, features }: CsvColumns): string[] {
  return features.map((column) => names[column]).filter((name) => LABEL_NAME.test(name));
}

/** Warnings about the classes: names that differ only in case or blanks, another column that is named as a label. */
export function labelWarnings(columns: CsvColumns, classNames: readonly string[], isDefault: boolean): string[] {
  const warnings: string[] = [];
  const bySpelling = new Map<string, string[]>();
  for (const name of classNames) {
    const spelling = name.toLowerCase().replaceAll(/[\s_-]+/g, ' ');
    bySpelling.set(spelling, [...(bySpelling.get(spelling) ?? []), name]);
  }
  for (const same of bySpelling.values()) {
    if (same.length < 2 || same.every((name) => isNumeric(name))) continue;
    warnings.push(
      `classes ${shownList(same.map(shown))} differ only in spelling, and are ${same.length} classes; give one spelling`,
    );
  }
  const others = isDefault ? labelCandidates(columns) : [];
  if (others.length > 0 && !LABEL_NAME.test(columns.names[columns.label])) {
    warnings.push(
      `the label is the last column, ${shown(columns.names[columns.label])}, and ${shownList(others.map(shown))} is a feature; ` +
        'label in the study file says which column is the label',
    );
  }
  return warnings;
}
