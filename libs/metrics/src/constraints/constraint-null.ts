import { runNow, type Steps } from '@qloom/datasets/split/turns.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { MetricError } from '../metric-error.ts';
import { median, quantile, scaledMad } from '../percentile.ts';
import { CONSTRAINT_NAMES, type ConstraintName, type ConstraintReport, constraintSteps } from './constraints.ts';
import { MOST_POINTS_COMPARED } from './equal-blocks.ts';
import { equalParts } from './equal-parts.ts';
import { imbalance } from './imbalance.ts';

/** Distribution of a constraint when the synthetic points are real ones. Plain JSON. */
export interface ConstraintNullEntry {
  readonly median: number;
  /** σ_k = max(1.4826·MAD, .02) of the value before its cap: most capped values are the cap, and have no spread. */
  readonly sigma: number;
  /** τ_k, the 5th percentile. */
  readonly tau: number;
}

/** The real-against-real null of all constraints. Plain JSON: computed once per study and stored. */
export interface ConstraintNull {
  readonly entries: Readonly<Record<ConstraintName, ConstraintNullEntry>>;
  /** n of each of the three parts (training, held out, in the synthetic's place) and number of divisions. */
  readonly size: number;
  readonly repeats: number;
}

/** How to divide real points for the null. */
export interface NullOptions {
  readonly seed: number | string;
  /** Number of divisions. Default 40. */
  readonly repeats?: number;
  /** n of every part. Default: as many as fit. */
  readonly size?: number;
  /**
   * Rows of each class in the held-out sample that `imbalance` will compare, at most half of the points in all. Default:
   * two parts as for the other constraints.
   */
  readonly heldOutCounts?: readonly number[];
}

/**
 * Most points of a part. What is compared has at most `MOST_POINTS_COMPARED`; the training part alone is used
 * whole, for its units and for the nearest training points, which 1,000 determine well enough.
 */
const MOST_POINTS_OF_PART = 1000;

/** Number of divisions for `imbalance`: it is cheap, and the shares of small samples are steps of 1/n. */
const PAIR_REPEATS = 200;

/** σ_k is never below this: a constraint that hardly varies would otherwise dominate. */
const SMALLEST_SIGMA = 0.02;

/**
 * Divides `real` repeatedly into three stratified disjoint parts of equal n, takes one as the synthetic data, and
 * summarizes the results of {@link measureConstraints}. `size` is n (default a third of the points; give the held-out
 * fold's size where that is smaller), at most 1,000. Throws MetricError with fewer than 6 points.
 */
export function constraintNull(real: Points, options: NullOptions): ConstraintNull {
  return runNow(constraintNullSteps(real, options));
}

/** {@link constraintNull} in short steps, for `runInTurns`. */
function* constraintNullSteps(real: Points, options: NullOptions): Steps<ConstraintNull> {
  const { repeats = 40, size: wanted = Math.min(MOST_POINTS_COMPARED, Math.floor(real.count / 3)) } = options;
  const size = Math.min(wanted, MOST_POINTS_OF_PART);
  if (wanted < 2 || 3 * wanted > real.count) {
    throw new MetricError(
      'size',
      `constraintNull: three parts of ${wanted} from ${real.count} points; give 2 … ${Math.floor(real.count / 3)}`,
    );
  }
  const random = createRandom(`constraint-null/${options.seed}`);
  const drawn: ConstraintReport[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const stream = random.fork(repeat);
    const [training, heldOut, synthetic] = equalParts(real, 3, size, stream).map((rows) => selectRows(real, rows));
    drawn.push(yield* constraintSteps({ training, heldOut, synthetic }, stream.fork('measure')));
  }
  const entryOf = (name: ConstraintName): ConstraintNullEntry => {
    const values = drawn.map((each) => each.values[name]);
    return {
      median: median(values),
      sigma: Math.max(scaledMad(drawn.map((each) => each.uncapped[name])), SMALLEST_SIGMA),
      tau: quantile(values, 0.05),
    };
  };
  const entries = Object.fromEntries(CONSTRAINT_NAMES.map((name) => [name, entryOf(name)]));
  if (options.heldOutCounts !== undefined) {
    entries.imbalance = yield* imbalanceNullSteps(real, options.heldOutCounts, random.fork('imbalance'));
  }
  return { entries: entries as Record<ConstraintName, ConstraintNullEntry>, size, repeats };
}

/**
 * The null of `imbalance` alone, which needs no third part: a sample with the class counts of the held-out one against as many of
 * the other points, cut as synthetic points are. With other counts the shares of classes and bins are rounded differently, and true samples
 * would be charged for it: seven points of two equal classes differ by 1/7 where six do not.
 */
function* imbalanceNullSteps(real: Points, counts: readonly number[], random: Random): Steps<ConstraintNullEntry> {
  const size = counts.reduce((sum, count) => sum + count, 0);
  const scores: number[] = [];
  for (let repeat = 0; repeat < PAIR_REPEATS; repeat++) {
    if (repeat % 20 === 19) yield;
    const stream = random.fork(repeat);
    const left = [...counts];
    const [first, rest]: [number[], number[]] = [[], []];
    for (const row of stream.fork('rows').permutation(real.count)) (left[real.y[row]]-- > 0 ? first : rest).push(row);
    const others = selectRows(real, rest);
    const [second] = equalParts(others, 1, Math.min(size, rest.length), stream);
    scores.push(imbalance(selectRows(real, first), selectRows(others, second)).score);
  }
  return { median: median(scores), sigma: Math.max(scaledMad(scores), SMALLEST_SIGMA), tau: quantile(scores, 0.05) };
}
