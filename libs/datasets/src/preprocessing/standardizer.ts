import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';

/** Mean and scale of each feature, fitted on training points alone. Plain JSON. */
export interface Standardizer {
  /** Shape [features]. */
  readonly mean: readonly number[];
  /**
   * Standard deviation (divided by n) of each feature. Where it does not vary: 1, or its own size where that is smaller
   * (and not 0), so that a change in small units is no small change. Shape [features].
   */
  readonly scale: readonly number[];
}

/** Unit of a constant feature at least, so that values of other rows stay finite in float32. */
const SMALLEST_UNIT = 1e-20;

/** Rows whose features are standardized: those of points in memory (float32) or of a source (float64). */
export interface FeatureRows extends Pick<Points, 'count' | 'features'> {
  readonly x: Float32Array | Float64Array;
}

/** Fits mean and standard deviation to `training`. Throws DatasetError when it is empty. */
export function fitStandardizer(training: FeatureRows): Standardizer {
  const { count, features, x } = training;
  if (count === 0)
    throw new DatasetError('training', 'fitStandardizer: there are no training points; give at least one');
  const mean = new Array<number>(features).fill(0);
  const scale = new Array<number>(features).fill(0);
  for (let i = 0; i < count; i++) for (let j = 0; j < features; j++) mean[j] += x[i * features + j] / count;
  for (let j = 0; j < features; j++) if (isConstant(training, j)) mean[j] = x[j];
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < features; j++) scale[j] += (x[i * features + j] - mean[j]) ** 2 / count;
  }
  for (let j = 0; j < features; j++) {
    const deviation = Math.sqrt(scale[j]);
    const size = Math.abs(mean[j]);
    // Relative to the mean alone: a feature in small units, such as 1e-12 F, varies as much as any other.
    scale[j] = deviation > 1e-9 * size ? deviation : size === 0 ? 1 : Math.min(1, Math.max(size, SMALLEST_UNIT));
  }
  return { mean, scale };
}

/** A sum rounds; the mean of equal values is nevertheless that value, so that they become 0 and not some 1e-16. */
function isConstant({ count, features, x }: FeatureRows, column: number): boolean {
  for (let i = 1; i < count; i++) if (x[i * features + column] !== x[column]) return false;
  return true;
}

function requireSameFeatures(standardizer: Standardizer, points: Points): void {
  if (standardizer.mean.length !== points.features) {
    throw new DatasetError(
      'features',
      `standardizer: the points have ${points.features} features, the training points had ${standardizer.mean.length}`,
    );
  }
}

/** (x − mean)/scale of every feature. Throws DatasetError when the number of features differs. */
export function standardize(standardizer: Standardizer, points: Points): Points {
  requireSameFeatures(standardizer, points);
  const { mean, scale } = standardizer;
  return { ...points, x: points.x.map((value, i) => (value - mean[i % points.features]) / scale[i % points.features]) };
}

/** The inverse of {@link standardize}. */
export function unstandardize(standardizer: Standardizer, points: Points): Points {
  requireSameFeatures(standardizer, points);
  const { mean, scale } = standardizer;
  return { ...points, x: points.x.map((value, i) => value * scale[i % points.features] + mean[i % points.features]) };
}
