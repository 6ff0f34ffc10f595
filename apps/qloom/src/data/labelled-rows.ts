import { parseCsvRecords } from '@qloom/datasets/csv/reading/csv-records.ts';

/** Rows of a CSV of a run folder with their classes by name, as the report draws them. */
export interface LabelledRows {
  readonly featureNames: readonly string[];
  /** Shape [rows][features]. */
  readonly x: readonly (readonly number[])[];
  /** Class of each row, by name. */
  readonly classes: readonly string[];
}

/**
 * Reads a CSV of a run folder: a header, the columns `featureNames`, the class last (and perhaps a group between). A
 * value that is missing or no number is NaN.
 */
export function readLabelledRows(text: string, featureNames: readonly string[]): LabelledRows {
  const [header, ...records] = parseCsvRecords(text);
  const columns = featureNames.map((name, i) => {
    const at = header?.fields.findIndex((field) => field.text === name) ?? -1;
    return at === -1 ? i : at;
  });
  return {
    featureNames,
    x: records.map(({ fields }) => columns.map((column) => Number(fields[column]?.text || Number.NaN))),
    classes: records.map(({ fields }) => fields[fields.length - 1].text),
  };
}
