import { echoed } from '@qloom/tensor/quoted.ts';
import { shown, shownList } from '../shown-text.ts';
import type { CsvRecord } from './csv-records.ts';
import { type DecimalMark, isNumeric, isValueLike } from './number-text.ts';

/** Whether the first row names the columns, with notes and warnings about that. */
export interface HeaderFinding {
  readonly header: boolean;
  readonly warning?: string;
}

const SETTLE = 'header: true or header: false in the study file settles it';

/**
 * Finds out whether the first row is a header: where a cell other than the label holds a text that represents no value;
 * where its label is a text that no other row has, and the others repeat theirs; where it numbers the columns, as
 * pandas does for a frame without names. `isRole` says which columns may hold texts, `label` is the label's position.
 */
export function findHeader(
  records: readonly CsvRecord[],
  isRole: (column: number) => boolean,
  label: number,
  decimal: DecimalMark,
): HeaderFinding {
  const [first, ...rest] = records.map(({ fields }) => fields.map(({ text }) => text));
  if (first.some((text, i) => !isRole(i) && !isValueLike(text, decimal))) return { header: true };
  if (rest.length === 0) return { header: false };
  const name = first[label];
  const isLabelAlone = !rest.some((row) => row[label] === name);
  if (isLabelAlone && name !== '' && !isNumeric(name, decimal)) {
    const labels = rest.map((row) => row[label]);
    const isEmpty = first.every((text, i) => isRole(i) || text === '');
    if (isEmpty || labels.every((text) => isNumeric(text, decimal))) return { header: true };
    if (labels.every((text, i) => labels.indexOf(text) !== i || labels.includes(text, i + 1))) {
      const warning = `the first row is read as a header, because no other row has the label ${shown(name)}; ${SETTLE}`;
      return { header: true, warning };
    }
  }
  if (!numbersColumns(first)) return { header: false };
  const written = shownList(first.map((text) => (text === '' ? "''" : echoed(text))));
  const what = `the first row (${written}) numbers the columns, as pandas does for a frame without names`;
  const hasFractions = first.every(
    (_, i) => isRole(i) || i === 0 || rest.some((row) => !Number.isInteger(Number(row[i].replace(',', '.')))),
  );
  if (first[0] === '' || isLabelAlone || (first.length > 2 && hasFractions)) {
    return { header: true, warning: `${what}: it is read as a header; ${SETTLE}` };
  }
  return { header: false, warning: `${what}, but may be a point, and is read as one; ${SETTLE}` };
}

/** 0, 1, 2, … or 1, 2, 3, …, perhaps behind the empty cell above an index. */
function numbersColumns(first: readonly string[]): boolean {
  const numbers = first[0] === '' ? first.slice(1) : first;
  if (numbers.length < 2 || !numbers.every((text) => /^\d+$/.test(text))) return false;
  const from = Number(numbers[0]);
  return (from === 0 || from === 1) && numbers.every((text, i) => Number(text) === from + i);
}
