import { DatasetError } from '../dataset-error.ts';
import type { Points } from '../points.ts';

/** What the columns and numbers of the points stand for. */
export interface CsvNames {
  readonly featureNames: readonly string[];
  readonly classNames: readonly string[];
  /** Texts of the groups; needed where the points have groups. */
  readonly groupNames?: readonly string[];
  /** Header of the label column. Default `label`. */
  readonly labelName?: string;
  /** Header of the group column. Default `group`. */
  readonly groupName?: string;
}

/** The shortest decimal that reads back as the same float32. */
export function shortestFloat32(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}

/** Quotes a text where it needs quotes: separators, quotes, line ends, outer blanks, or what would read as missing. */
function quoted(text: string): string {
  const plain =
    text !== '' && text.trim() === text && !/[",\r\n]/.test(text) && !/^(na|n\/a|nan|null|none|\?)$/i.test(text);
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}

/**
 * CSV text with a header: the features, the group where there is one, the label last; lines end with LF. `readCsv` with
 * `group` set reads the same points back, bit for bit. Throws DatasetError when names and points do not agree or a value
 * is not finite.
 */
export function writeCsv(points: Points, names: CsvNames): string {
  const { featureNames, classNames, groupNames, labelName = 'label', groupName = 'group' } = names;
  if (featureNames.length !== points.features || classNames.length !== points.classes) {
    throw new DatasetError(
      'names',
      `writeCsv: ${featureNames.length} feature and ${classNames.length} class names for ${points.features} features and ` +
        `${points.classes} classes; give one each`,
    );
  }
  const { group } = points;
  const lines = [[...featureNames, ...(group ? [groupName] : []), labelName].map(quoted).join(',')];
  for (let i = 0; i < points.count; i++) {
    const cells: string[] = [];
    for (let j = 0; j < points.features; j++) {
      const value = points.x[i * points.features + j];
      if (!Number.isFinite(value)) {
        throw new DatasetError(
          featureNames[j],
          `writeCsv: row ${i}, '${featureNames[j]}' is ${value}; values must be finite`,
        );
      }
      cells.push(shortestFloat32(value));
    }
    if (group) cells.push(quoted(groupNames?.[group[i]] ?? String(group[i])));
    cells.push(quoted(classNames[points.y[i]]));
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}
