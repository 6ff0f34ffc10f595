import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import {
  type FeatureUnit,
  type FeatureUnits,
  fromUnit,
  SOURCE_UNITS,
  toUnit,
  unitAt,
} from '../preprocessing/feature-units.ts';

/** Names of the columns, classes and groups of the points. */
export interface CsvNames {
  /** Empty: x0, x1, … */
  readonly featureNames: readonly string[];
  /** Empty: 0, 1, … */
  readonly classNames: readonly string[];
  /** Texts of the groups; needed where the points have groups. */
  readonly groupNames?: readonly string[];
  /** Header of the label column. Default: {@link labelColumnName}. */
  readonly labelName?: string;
  /** Header of the group column. Default `group`. */
  readonly groupName?: string;
}

/** The shortest decimal that reads back as the same float32. */
function shortestFloat32(value: number): string {
  return shortestDecimal(value, (candidate) => Math.fround(candidate) === value, 9);
}

/**
 * The shortest decimal of a float32 `value` in the units of its source, that reads back as the same `value`: digits beyond
 * what float32 distinguishes are left out.
 */
function shortestInSource(value: number, unit: FeatureUnit): string {
  return shortestDecimal(fromUnit(value, unit), (candidate) => Math.fround(toUnit(candidate, unit)) === value, 17);
}

function shortestDecimal(value: number, readsBack: (candidate: number) => boolean, mostDigits: number): string {
  for (let digits = 1; digits < mostDigits; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (readsBack(candidate)) return String(candidate);
  }
  return String(Number(value.toPrecision(mostDigits)));
}

/** Header of the label column beside features of these names: `label`, or the first of class_label, label_1, … that is free. */
export function labelColumnName(featureNames: readonly string[]): string {
  const free = ['label', 'class_label'].find((name) => !featureNames.includes(name));
  if (free !== undefined) return free;
  let i = 1;
  while (featureNames.includes(`label_${i}`)) i++;
  return `label_${i}`;
}

/** Quotes a text where it needs quotes: separators, quotes, line ends, outer blanks, or what would read as missing. */
function quoted(text: string): string {
  const plain =
    text !== '' && text.trim() === text && !/[",\r\n]/.test(text) && !/^(na|n\/a|nan|null|none|\?)$/i.test(text);
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}

/**
 * CSV text with a header: the features in the units of their source, the group where there is one, the label last; lines end
 * with LF. `readCsv` with `group` set reads the same points back: in the same `units`, bit for bit. Throws DatasetError when
 * names and points do not agree or a value is not finite.
 */
export function writeCsv(points: Points, names: CsvNames, units: FeatureUnits = SOURCE_UNITS): string {
  const { count, features, classes, group } = points;
  const { groupNames, groupName = 'group' } = names;
  const featureNames =
    names.featureNames.length > 0 ? names.featureNames : Array.from({ length: features }, (_, j) => `x${j}`);
  const classNames = names.classNames.length > 0 ? names.classNames : Array.from({ length: classes }, (_, c) => `${c}`);
  const { labelName = labelColumnName(featureNames) } = names;
  if (featureNames.length !== features || classNames.length !== classes) {
    throw new DatasetError(
      'names',
      `writeCsv: ${featureNames.length} feature and ${classNames.length} class names for ${features} features and ` +
        `${classes} classes; give one each`,
    );
  }
  const lines = [[...featureNames, ...(group ? [groupName] : []), labelName].map(quoted).join(',')];
  for (let i = 0; i < count; i++) {
    const cells: string[] = [];
    for (let j = 0; j < features; j++) {
      const value = points.x[i * features + j];
      const unit = unitAt(units, j);
      if (!Number.isFinite(fromUnit(value, unit))) {
        throw new DatasetError(
          featureNames[j],
          `writeCsv: row ${i}, '${featureNames[j]}' is ${fromUnit(value, unit)}; values must be finite`,
        );
      }
      cells.push(unit.offset === 0 && unit.scale === 1 ? shortestFloat32(value) : shortestInSource(value, unit));
    }
    if (group) cells.push(quoted(groupNames?.[group[i]] ?? String(group[i])));
    cells.push(quoted(classNames[points.y[i]]));
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}
