import { fitStandardizer, type Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { runNow, type Steps } from '@qloom/datasets/split/turns.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import type { NullOptions } from '../constraints/constraint-null.ts';
import { equalBlocks, MOST_POINTS_COMPARED } from '../constraints/equal-blocks.ts';
import { equalParts } from '../constraints/equal-parts.ts';
import { matrixOf } from '../matrix.ts';
import { MetricError } from '../metric-error.ts';
import { median, quantile } from '../percentile.ts';
import { manifoldCoverage } from './coverage.ts';
import { frechetDistance } from './frechet.ts';
import { maximumMeanDiscrepancy } from './mmd.ts';

/** Distances between a real and a synthetic sample of equal n. */
export interface DistributionDistances {
  /** Fréchet distance² on standardized features. */
  readonly frechet: number;
  /** Unbiased MMD². */
  readonly mmd: number;
  readonly precision: number;
  readonly recall: number;
  readonly density: number;
  readonly coverage: number;
}

/** The names of {@link DistributionDistances}. */
export const DISTANCE_NAMES = ['frechet', 'mmd', 'precision', 'recall', 'density', 'coverage'] as const;

/** Neighbours in precision, recall, density and coverage; fewer where a sample has no more points. */
const NEIGHBOURS = 5;

/**
 * All distances, averaged over synthetic blocks of the held-out sample's n, in units of the training points'
 * deviations. Throws MetricError with fewer than two points on a side.
 */
export function distributionDistances(
  heldOut: Points,
  synthetic: Points,
  standardizer: Standardizer,
  random: Random,
): DistributionDistances {
  return runNow(distributionDistanceSteps(heldOut, synthetic, standardizer, random));
}

/** {@link distributionDistances} in steps of one block, for `runInTurns`. */
function* distributionDistanceSteps(
  heldOut: Points,
  synthetic: Points,
  standardizer: Standardizer,
  random: Random,
): Steps<DistributionDistances> {
  const { size, heldOut: real, blocks } = equalBlocks(heldOut, synthetic, random);
  const a = matrixOf(real, standardizer);
  const sum = { frechet: 0, mmd: 0, precision: 0, recall: 0, density: 0, coverage: 0 };
  for (const block of blocks) {
    yield;
    const b = matrixOf(block, standardizer);
    sum.frechet += frechetDistance(a, b) / blocks.length;
    yield;
    sum.mmd += maximumMeanDiscrepancy(a, b).squared / blocks.length;
    yield;
    const covered = manifoldCoverage(a, b, Math.min(NEIGHBOURS, size - 1));
    for (const name of ['precision', 'recall', 'density', 'coverage'] as const)
      sum[name] += covered[name] / blocks.length;
  }
  return sum;
}

/** Range of a distance when both samples are real. */
export interface DistanceNullEntry {
  readonly median: number;
  /** 5th and 95th percentile. */
  readonly low: number;
  readonly high: number;
}

/** The real-against-real null of every distance. Plain JSON: computed once per study and stored. */
export interface DistanceNull {
  readonly entries: Readonly<Record<(typeof DISTANCE_NAMES)[number], DistanceNullEntry>>;
  /** n of both samples, and number of divisions. */
  readonly size: number;
  readonly repeats: number;
}

/**
 * Divides `real` repeatedly into two stratified disjoint samples of n = `size` (default half of the points) and
 * summarizes their distances. Compare a distance only with a null of its own n. Throws MetricError where `size` is
 * below 2 or two samples do not fit.
 */
export function distanceNull(real: Points, options: NullOptions): DistanceNull {
  return runNow(distanceNullSteps(real, options));
}

/** {@link distanceNull} in short steps, for `runInTurns`. */
function* distanceNullSteps(real: Points, options: NullOptions): Steps<DistanceNull> {
  const { repeats = 40, size = Math.min(MOST_POINTS_COMPARED, Math.floor(real.count / 2)) } = options;
  if (size < 2 || 2 * size > real.count) {
    const most = Math.floor(real.count / 2);
    throw new MetricError('size', `distanceNull: two samples of ${size} from ${real.count} points; give 2 … ${most}`);
  }
  const random = createRandom(`distance-null/${options.seed}`);
  const standardizer = fitStandardizer(real);
  const drawn: DistributionDistances[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const stream = random.fork(repeat);
    const [a, b] = equalParts(real, 2, size, stream).map((rows) => selectRows(real, rows));
    drawn.push(yield* distributionDistanceSteps(a, b, standardizer, stream.fork('measure')));
  }
  const entries = Object.fromEntries(
    DISTANCE_NAMES.map((name): [string, DistanceNullEntry] => {
      const values = drawn.map((each) => each[name]);
      return [name, { median: median(values), low: quantile(values, 0.05), high: quantile(values, 0.95) }];
    }),
  );
  return { entries: entries as DistanceNull['entries'], size, repeats };
}
