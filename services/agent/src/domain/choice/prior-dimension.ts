import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { fitPrior } from '@qloom/datasets/prior/prior.ts';
import { findIdenticalRows } from '@qloom/datasets/split/identical-rows.ts';
import type { Steps } from '@qloom/datasets/split/turns.ts';
import type { FeatureRange } from '@qloom/datasets/tasks/task.ts';
import { intrinsicDimension } from '@qloom/metrics/distances/intrinsic-dimension.ts';
import { matrixOf } from '@qloom/metrics/matrix.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, concatenateRows, selectRows } from '@qloom/study/points/rows.ts';

/** Sets drawn from the prior. With 39 the second smallest of their values is the 5th percentile of a Monte Carlo test. */
const SETS = 39;
const RANK = 2;
/** More rows are a random part of them: the search for neighbours of all sets would take seconds. */
const MOST_ROWS = 500;

/** Dimensions at the scale of the spacing of the labels. */
export interface PriorDimension {
  /** That of the labels. */
  readonly labels: number;
  /** The 5th percentile of that of sets of as many points that the prior fitted to the labels draws. */
  readonly prior: number;
}

/** What is known of the features of labels. */
export interface LabelFeatures {
  /** Limits of the features; absent: no limits. */
  readonly physical?: readonly FeatureRange[];
  /** Measurements behind each feature; 0: they have none. */
  readonly shots: number;
}

/**
 * Measures the dimension of the labels, whatever their class, beside that of points of the prior (`intrinsicDimension`, in
 * standardized features; identical rows count once). Null where the labels or a set have none: too few different rows, or a grid.
 */
export function* priorDimension(
  labels: Points,
  { physical, shots }: LabelFeatures,
  random: Random,
): Steps<PriorDimension | null> {
  const prior = fitPrior(labels, { physical, shots });
  const few =
    labels.count <= MOST_ROWS ? labels : selectRows(labels, random.permutation(labels.count).slice(0, MOST_ROWS));
  const own = dimensionOf(few);
  if (own === null) return null;
  const counts = classCounts(few);
  const drawn: number[] = [];
  for (let set = 0; set < SETS; set++) {
    yield;
    const ofSet = random.fork(set);
    const points = counts.flatMap((count, label) => (count > 0 ? [prior.draw(label, count, ofSet.fork(label))] : []));
    const dimension = dimensionOf(concatenateRows(points));
    if (dimension === null) return null;
    drawn.push(dimension);
  }
  drawn.sort((a, b) => a - b);
  return { labels: own, prior: drawn[RANK - 1] };
}

function dimensionOf(points: Points): number | null {
  const copies = new Set(findIdenticalRows(points).flatMap((rows) => rows.slice(1)));
  const different = selectRows(
    points,
    Array.from({ length: points.count }, (_, row) => row).filter((row) => !copies.has(row)),
  );
  return intrinsicDimension(matrixOf(different, fitStandardizer(different)));
}
