import { classCounts } from '@qloom/study/points/rows.ts';
import { firstOf, shown } from '../shown-text.ts';
import type { FeatureColumn } from './column-warnings.ts';

/** With fewer points of every class a feature may separate them by chance. */
const LEAST_OF_CLASS = 5;

/**
 * Features that determine the label alone, in every row: by thresholds between the classes, or because each of its few values
 * has one label. Often they were written down after the label, or from it. `y` is the class of each row.
 */
export function leakWarnings(
  features: readonly FeatureColumn[],
  y: Int32Array,
  classNames: readonly string[],
): string[] {
  const counts = classCounts({ count: y.length, classes: classNames.length, y });
  if (counts.some((rows) => rows < LEAST_OF_CLASS)) return [];
  const warnings = features.flatMap((feature) => {
    const how = howDetermined(feature.values, y, classNames);
    if (how === undefined) return [];
    return [
      `column ${feature.column + 1} (${shown(feature.name)}) determines the label alone: ${how}. Where it was written down from ` +
        'the label or after it, leave it out with ignore',
    ];
  });
  return firstOf(warnings, 'columns that determine the label');
}

function howDetermined(values: Float64Array, y: Int32Array, classNames: readonly string[]): string | undefined {
  const ranges = classNames.map((name) => ({ name, low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }));
  y.forEach((label, row) => {
    const range = ranges[label];
    range.low = Math.min(range.low, values[row]);
    range.high = Math.max(range.high, values[row]);
  });
  ranges.sort((a, b) => a.low - b.low);
  if (ranges.every(({ low }, i) => i === 0 || ranges[i - 1].high < low)) {
    const short = shortNumbers(ranges.flatMap(({ low, high }) => [low, high]));
    const first = ranges
      .slice(0, 4)
      .map(({ name, low, high }) => `${shown(name)} from ${short(low)} to ${short(high)}`);
    return first.join(', ') + (ranges.length > 4 ? ', …' : '');
  }
  // With more values than a quarter of the rows, single rows would be values of their own.
  const labelOf = new Map<number, number>();
  for (let row = 0; row < values.length; row++) {
    const known = labelOf.get(values[row]);
    if (known === undefined) labelOf.set(values[row], y[row]);
    else if (known !== y[row]) return undefined;
    if (labelOf.size > values.length / 4) return undefined;
  }
  return `each of its ${labelOf.size} values has one label`;
}

/** Writes whole numbers in full, others with six digits, or with as many more as it takes that none of `values` is written as another. */
function shortNumbers(values: readonly number[]): (value: number) => string {
  const rounded = (value: number, digits: number) =>
    String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(digits)));
  const different = new Set(values).size;
  let digits = 6;
  while (digits < 17 && new Set(values.map((value) => rounded(value, digits))).size < different) digits++;
  return (value) => rounded(value, digits);
}
