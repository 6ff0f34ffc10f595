import { createRandom } from '@qloom/random/random.ts';
import { contentHash } from '@qloom/study/points/content-hash.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { identicalRowBlocks } from './identical-rows.ts';
import type { Labelled } from './row-blocks.ts';
import { type Fold, groupedFolds, stratifiedFolds, stratifiedSample } from './stratified-folds.ts';

/**
 * How the label budget N of a study is divided: every label used to fit, gate, stop, reward or select is one of these
 * N rows. Plain JSON, never changed once written.
 */
export interface SplitManifest {
  readonly version: 1;
  /** {@link contentHash} of the N labelled points that the row numbers refer to. */
  readonly data: string;
  /** N. */
  readonly labels: number;
  readonly classCounts: readonly number[];
  readonly seed: string;
  /** Whether rows of one group were kept on one side of every fold. */
  readonly groupsTogether: boolean;
  /** True where rows with the same features were kept on one side of every fold, and there are such rows. */
  readonly identicalTogether?: boolean;
  /**
   * Folds of the reward: in each, the generator is fitted on `train`, and the QNN is measured on `heldOut`. Each row of
   * the search is held out once.
   */
  readonly reward: readonly Fold[];
  /** Folds on which incumbents are evaluated again; see {@link SplitOptions.outer}. */
  readonly outer: readonly Fold[];
}

/** Options of a split manifest. */
export interface SplitOptions {
  readonly seed: number | string;
  /** Number of reward folds. Default 3. */
  readonly rewardFolds?: number;
  /**
   * `holdout`: a stratified fraction of the N rows is kept out of every reward fold, and is the one outer fold (train =
   * the rows of the search): rows used for selection are not measured again. `refold`: all N rows reward, and the outer
   * folds are another division of the same rows: more labels for the search, and an outer result that is independent of
   * the folds' choice, but not of the labels. Default `holdout` with fraction .25.
   */
  readonly outer?:
    | { readonly kind: 'holdout'; readonly fraction: number }
    | { readonly kind: 'refold'; readonly folds: number };
  /** Keep all rows of a group together. Default false. */
  readonly groupsTogether?: boolean;
  /** Keep rows with the same features together: for data of which rows may be copies. Not with groups. Default false. */
  readonly identicalTogether?: boolean;
  /** Names of the classes, for messages. Default: their numbers. */
  readonly classNames?: readonly string[];
}

/**
 * Divides `points` (all N labels). The same points, options and seed give the same manifest. Throws DatasetError where
 * a class is too small for the folds, naming the class and what would be enough.
 */
export function createSplitManifest(points: Points, options: SplitOptions): SplitManifest {
  const { rewardFolds = 3, outer = { kind: 'holdout', fraction: 0.25 }, groupsTogether = false } = options;
  const random = createRandom(`split/${options.seed}`);
  const block = options.identicalTogether && !groupsTogether ? identicalRowBlocks(points) : undefined;
  const { classNames } = options;
  const labelled: Labelled = { ...points, block, classNames };
  const divide = groupsTogether ? groupedFolds : stratifiedFolds;
  const all = Array.from({ length: points.count }, (_, row) => row);
  let search = all;
  let outerFolds: Fold[];
  if (outer.kind === 'holdout') {
    const fold = holdOut(labelled, outer.fraction, groupsTogether, random.fork('outer'));
    outerFolds = [fold];
    search = [...fold.train];
  } else {
    outerFolds = divide(labelled, outer.folds, random.fork('outer'));
  }
  const searched = subset(labelled, search);
  const reward = divide(searched, rewardFolds, random.fork('reward')).map((fold) => ({
    train: fold.train.map((row) => search[row]),
    heldOut: fold.heldOut.map((row) => search[row]),
  }));
  return freeze({
    version: 1,
    data: contentHash(points),
    labels: points.count,
    classCounts: classCounts(points),
    seed: String(options.seed),
    groupsTogether,
    ...(block === undefined ? {} : { identicalTogether: true }),
    reward,
    outer: outerFolds,
  });
}

function holdOut(points: Labelled, fraction: number, together: boolean, random: ReturnType<typeof createRandom>): Fold {
  if (!(fraction > 0 && fraction < 1)) {
    throw new DatasetError('outer.fraction', `outer.fraction: ${fraction} is not between 0 and 1, both excluded`);
  }
  if (together) return groupedFolds(points, Math.max(2, Math.round(1 / fraction)), random)[0];
  const { chosen, rest } = stratifiedSample(
    points,
    Math.max(points.classes, Math.round(points.count * fraction)),
    random,
  );
  return { train: rest, heldOut: chosen };
}

function subset(points: Labelled, rows: readonly number[]): Labelled {
  return {
    ...points,
    count: rows.length,
    y: Int32Array.from(rows, (row) => points.y[row]),
    ...(points.group ? { group: Int32Array.from(rows, (row) => points.group?.[row] ?? 0) } : {}),
    ...(points.block ? { block: Int32Array.from(rows, (row) => points.block?.[row] ?? 0) } : {}),
  };
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) freeze(part);
    Object.freeze(value);
  }
  return value;
}
