import { createRandom, type Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Labelled } from './row-blocks.ts';
import { stratifiedSample } from './stratified-folds.ts';
import type { Steps } from './turns.ts';

/** One division of a fixed file: N labels and a test part, disjoint, as row numbers in rising order. */
export interface RepeatedSplit {
  readonly index: number;
  readonly labels: readonly number[];
  readonly test: readonly number[];
}

/** Options of {@link repeatedSplitSteps}. */
export interface RepeatedSplitOptions {
  readonly repeats: number;
  readonly labels: number;
  readonly test?: number;
  readonly seed: number | string;
}

/** Test points of a file unless a number is given: a fifth of the rows, at least one a class. */
export const defaultTestSize = ({ count, classes }: Pick<Labelled, 'count' | 'classes'>): number =>
  Math.max(classes, Math.round(count / 5));

/**
 * `repeats` independent stratified divisions of a fixed file into a label budget of `labels` rows and a test part of
 * `test` rows (default: all others); fewer where the blocks of `points` do not fill them. Results over them are correlated:
 * compare them with the Nadeau–Bengio correction.
 * In steps of one split each, for `runInTurns`: many splits of a large file take minutes. Throws DatasetError where the file is
 * too small.
 */
export function* repeatedSplitSteps(points: Labelled, options: RepeatedSplitOptions): Steps<RepeatedSplit[]> {
  const { repeats, labels, seed } = options;
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new DatasetError('repeats', `repeats: ${repeats} is not a whole number of at least 1`);
  }
  const test = options.test ?? points.count - labels;
  if (!(test >= points.classes) || labels + test > points.count) {
    throw new DatasetError(
      'labels',
      `labels: ${labels} labels and ${test} test points do not fit into ${points.count} rows ` +
        `(at least ${points.classes}, one a class, must be left to test)`,
    );
  }
  const random = createRandom(`repeated-splits/${seed}`);
  const splits: RepeatedSplit[] = [];
  for (let index = 0; index < repeats; index++) {
    if (index > 0) yield;
    splits.push(splitOf(points, index, labels, test, random.fork(index)));
  }
  return splits;
}

function splitOf(points: Labelled, index: number, labels: number, test: number, random: Random): RepeatedSplit {
  const first = named('labels', () => stratifiedSample(points, labels, random));
  const { block, classes, classNames } = points;
  const rest = {
    count: first.rest.length,
    classes,
    classNames,
    y: Int32Array.from(first.rest, (row) => points.y[row]),
    ...(block ? { block: Int32Array.from(first.rest, (row) => block[row]) } : {}),
  };
  const second = named('test', () => stratifiedSample(rest, test, random));
  return { index, labels: first.chosen, test: second.chosen.map((row) => first.rest[row]) };
}

/** Rethrows errors of a sample under the name of its part. */
function named<T>(field: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new DatasetError(field, error.message.replace(/^count: /, `${field}: `));
  }
}

/**
 * `repeats` independent stratified samples of `labels` rows of a file whose test points are elsewhere, as row numbers in rising order; fewer
 * where the blocks of `points` do not fill them, and all rows where it has as many. In steps of one sample each. Throws DatasetError
 * where it has fewer.
 */
export function* repeatedSampleSteps(
  points: Labelled,
  { repeats, labels, seed }: Pick<RepeatedSplitOptions, 'repeats' | 'labels' | 'seed'>,
): Steps<number[][]> {
  if (!(labels <= points.count)) {
    throw new DatasetError('labels', `labels: ${labels} of ${points.count} rows; right would be at most as many`);
  }
  const random = createRandom(`repeated-samples/${seed}`);
  const samples: number[][] = [];
  for (let index = 0; index < repeats; index++) {
    if (index > 0) yield;
    const isWhole = labels === points.count;
    const sample = () => [...stratifiedSample(points, labels, random.fork(index)).chosen];
    samples.push(isWhole ? Array.from({ length: labels }, (_, row) => row) : named('labels', sample));
  }
  return samples;
}
