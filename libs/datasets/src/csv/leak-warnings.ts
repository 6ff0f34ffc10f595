import type { FeatureColumn } from './column-warnings.ts';
import { shown } from './shown-text.ts';

/** Fewer points of every class say nothing: a feature may divide them by chance. */
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
  const counts = new Array<number>(classNames.length).fill(0);
  for (const label of y) counts[label]++;
  if (counts.some((rows) => rows < LEAST_OF_CLASS)) return [];
  return features.flatMap((feature) => {
    const how = howDetermined(feature.values, y, classNames);
    if (how === undefined) return [];
    return [
      `column ${feature.column + 1} (${shown(feature.name)}) determines the label alone: ${how}. Where it was written down from ` +
        'the label or after it, leave it out with ignore',
    ];
  });
}

function howDetermined(values: Float64Array, y: Int32Array, classNames: readonly string[]): string | undefined {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const blocks: { label: number; low: number; high: number }[] = [];
  const labelOf = new Map<number, number>();
  let isFunction = true;
  for (const row of order) {
    const value = values[row];
    const known = labelOf.get(value);
    if (known === undefined) labelOf.set(value, y[row]);
    else if (known !== y[row]) isFunction = false;
    const last = blocks[blocks.length - 1];
    if (last?.label === y[row]) last.high = value;
    else blocks.push({ label: y[row], low: value, high: value });
  }
  if (!isFunction) return undefined;
  const say = (label: number) => shown(classNames[label] ?? String(label));
  if (blocks.length === classNames.length) {
    const ranges = blocks
      .slice(0, 4)
      .map(({ label, low, high }) => `${say(label)} from ${short(low)} to ${short(high)}`);
    return ranges.join(', ') + (blocks.length > 4 ? ', …' : '');
  }
  // With half as many values as rows, or more, single rows would be values of their own.
  if (labelOf.size <= values.length / 4) return `each of its ${labelOf.size} values has one label`;
  return undefined;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
