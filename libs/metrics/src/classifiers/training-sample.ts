import { fitStandardizer, type Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, rowsByClass, selectRows } from '@qloom/study/points/rows.ts';
import { coveringQuotas } from '@qloom/study/synthesis/quotas.ts';
import { type Matrix, matrixOf } from '../matrix.ts';
import { MetricError } from '../metric-error.ts';

/** Training points as the probabilistic classifiers take them. */
export interface TrainingSample {
  readonly points: Points;
  /** Classes with points, in rising order. */
  readonly present: readonly number[];
  /** Index into `present` of each row's class, shape [points.count]. */
  readonly targets: Int32Array;
  readonly standardizer: Standardizer;
  /** Standardized features. */
  readonly x: Matrix;
}

/** Most rows that a classifier is fitted to, so that its cost is bounded … */
const MOST_ROWS = 2000;
/** … and most values in them, for more than 64 features; … */
const MOST_VALUES = 128_000;
/** … but as many rows as this, and one of each class. */
const LEAST_ROWS = 200;

/** Most rows that a classifier is fitted to: 2,000 up to 64 features, then fewer down to 200 (or the number of classes). */
export function mostTrainingRows({ features, classes }: Pick<Points, 'features' | 'classes'>): number {
  return Math.max(LEAST_ROWS, classes, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / features)));
}

/**
 * The training points, or a stratified sample of {@link mostTrainingRows} of them as a function of the seed, every class
 * with at least one row. Throws MetricError without points.
 */
export function trainingSample(training: Points, seed: number): TrainingSample {
  if (training.count === 0) {
    throw new MetricError('training', 'classifier: there are no training points; give at least one');
  }
  const points = atMostTrainingRows(training, createRandom(seed).fork('training rows'));
  const present = classCounts(points).flatMap((count, label) => (count > 0 ? [label] : []));
  const standardizer = fitStandardizer(points);
  const targets = Int32Array.from(points.y, (label) => present.indexOf(label));
  return { points, present, targets, standardizer, x: matrixOf(points, standardizer) };
}

/** The points themselves, or, of more than {@link mostTrainingRows}, a stratified sample of so many. */
export function atMostTrainingRows(training: Points, random: Random): Points {
  const most = mostTrainingRows(training);
  if (training.count <= most) return training;
  const quotas = coveringQuotas(most, classCounts(training));
  const rows = rowsByClass(training).flatMap((members, label) => random.shuffle(members).slice(0, quotas[label]));
  return selectRows(
    training,
    rows.sort((a, b) => a - b),
  );
}
