import { readFileSync } from 'node:fs';
import { readUnlabelledCsv } from '@qloom/datasets/csv/read-unlabelled-csv.ts';
import { parseCsvRecords } from '@qloom/datasets/csv/reading/csv-records.ts';
import { decodeText } from '@qloom/datasets/csv/reading/decode-text.ts';
import { isNumeric } from '@qloom/datasets/csv/reading/number-text.ts';
import { findSeparator } from '@qloom/datasets/csv/reading/separator.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { UsageError } from '../command/errors.ts';
import { systemErrorText } from '../command/system-error.ts';
import type { NamedUnlabelled } from '../run/source-files.ts';
import { RESERVED_COLUMNS } from './points-csv.ts';

/** Reads a file. Throws `UsageError` where it is not there or cannot be read. */
export function readText(path: string): string {
  try {
    return decodeText(readFileSync(path)).text;
  } catch (error) {
    if (error instanceof DatasetError) throw new UsageError(`${path}: ${error.message}`, { cause: error });
    throw new UsageError(systemErrorText(error) ?? (error as Error).message, { cause: error });
  }
}

/**
 * Reads the points of a campaign: CSV with a header, every column a feature but those that are ignored. Throws `UsageError` as
 * `pool.csv:line: …`.
 */
export function readPool(path: string, ignored: readonly string[]): NamedUnlabelled {
  return readColumns(path, (names) => {
    requireColumns('--ignore', path, ignored, names);
    const featureNames = names.filter((name) => !ignored.includes(name));
    const numeric = featureNames.find((name) => name === '' || isNumeric(name));
    if (numeric !== undefined) {
      throw new UsageError(
        `${path}:1: ${quoted(numeric)} is no name of a column; the first line must name the features`,
      );
    }
    const taken = featureNames.find((name) => RESERVED_COLUMNS.includes(name));
    if (taken !== undefined) {
      throw new UsageError(
        `${path}:1: column ${quoted(taken)} has the name of a column of answers; rename it, or leave it out with --ignore`,
      );
    }
    return featureNames;
  });
}

/**
 * Reads the price of the label of each point: a column of the file of the points. Throws `UsageError` where it is not there, or a
 * price is not a number above 0.
 */
export function readCosts(path: string, column: string): NamedUnlabelled {
  const costs = readColumns(path, (names) => {
    requireColumns('--cost', path, [column], names);
    return [column];
  });
  const wrong = costs.x.findIndex((price) => !(price > 0));
  if (wrong < 0) return costs;
  throw new UsageError(
    `--cost: ${path}: ${quoted(column)} of point p${wrong} is ${costs.x[wrong]}; a number above 0 is right`,
  );
}

function requireColumns(option: string, path: string, wanted: readonly string[], names: readonly string[]): void {
  const absent = wanted.find((name) => !names.includes(name));
  if (absent === undefined) return;
  throw new UsageError(`${option}: ${path} has no column ${quoted(absent)}; it has ${names.join(', ')}`);
}

/** Reads the columns of a file that `choose` takes of those that are there. */
function readColumns(path: string, choose: (names: readonly string[]) => readonly string[]): NamedUnlabelled {
  const text = readText(path);
  const { separator } = findSeparator(text);
  try {
    const names = (parseCsvRecords(text, separator, 1)[0]?.fields ?? []).map((field) => field.text);
    const featureNames = choose(names);
    return { ...readUnlabelledCsv(text, { featureNames, header: true, separator }), featureNames };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const line = error.line === undefined ? '' : `:${error.line}`;
    throw new UsageError(`${path}${line}: ${error.message}`, { cause: error });
  }
}
