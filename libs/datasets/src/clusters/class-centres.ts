import type { Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts, rowsByClass } from '@qloom/study/points/rows.ts';
import { coveringQuotas } from '@qloom/study/synthesis/quotas.ts';
import { fitStandardizer } from '../preprocessing/standardizer.ts';
import type { Steps } from '../split/turns.ts';
import { kMeansSteps } from './k-means.ts';

/**
 * Few labelled points in place of many: the centres of k-means within each class, in standardized features. The classes share
 * `count` in proportion to their rows, by largest remainders and with at least one each. The result is class by class, in the
 * units of `points` and without groups. In steps, as {@link kMeansSteps} is. Throws DatasetError for fewer points than classes, for more than there are rows, and for
 * a class without rows.
 */
export function* classCentresSteps(points: Points, count: number, random: Random): Steps<Points> {
  const { features, classes } = points;
  requireDistillable(points, count);
  const quotas = coveringQuotas(count, classCounts(points));
  const { mean, scale } = fitStandardizer(points);
  const x = new Float32Array(count * features);
  const y = new Int32Array(count);
  let at = 0;
  for (const [label, rows] of rowsByClass(points).entries()) {
    const standardized = Float64Array.from({ length: rows.length * features }, (_, i) => {
      const j = i % features;
      return (points.x[rows[Math.floor(i / features)] * features + j] - mean[j]) / scale[j];
    });
    const clustered = yield* kMeansSteps(
      { count: rows.length, features, x: standardized },
      { k: quotas[label], random: random.fork(label) },
    );
    x.set(
      clustered.centres.map((value, i) => value * scale[i % features] + mean[i % features]),
      at * features,
    );
    y.fill(label, at, at + quotas[label]);
    at += quotas[label];
  }
  return { count, features, classes, x, y };
}

/** Throws DatasetError unless {@link classCentresSteps} takes these points and this number. */
export function requireDistillable(points: Points, count: number): void {
  const missing = classCounts(points).indexOf(0);
  if (missing >= 0) {
    throw new DatasetError('y', `class ${missing} has no row; right would be at least one of every class`);
  }
  if (!Number.isInteger(count) || count < points.classes || count > points.count) {
    const right = `right would be ${points.classes}, one a class, to ${points.count}, the rows that there are`;
    throw new DatasetError('points', `points: ${count} of ${points.count} rows; ${right}`);
  }
}
