import type { Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { collapseAngles, expandAngles } from './angle-channels.ts';
import { dequantize, featureResolution } from './dequantize.ts';
import { correlationOrder, inverseOrder, reorderFeatures } from './feature-order.ts';
import { fitStandardizer, type Standardizer, standardize, unstandardize } from './standardizer.ts';

/**
 * What stands between a data set and a network: steps of few-valued features, angles as (cos, sin), mean and scale, order
 * of the columns. All of it is learned from training points alone. Plain JSON: it travels with a model's checkpoint.
 */
export interface Preprocessing {
  /** Step of each feature that takes few values (from shots), 0 for the others, shape [features]. */
  readonly resolution: readonly number[];
  /** Which features are angles in radians, shape [features]. */
  readonly isAngle: readonly boolean[];
  /** Of the columns after angles became two. */
  readonly standardizer: Standardizer;
  /** Feature of each position, of the same columns. */
  readonly order: readonly number[];
}

/** Learns the preprocessing. `isAngle` defaults to no angles. Throws DatasetError without training points. */
export function fitPreprocessing(
  training: Points,
  isAngle: readonly boolean[] = new Array<boolean>(training.features).fill(false),
): Preprocessing {
  if (isAngle.length !== training.features) {
    throw new DatasetError(
      'isAngle',
      `isAngle: ${isAngle.length} flags for ${training.features} features; give one each`,
    );
  }
  const resolution = featureResolution(training).map((step, j) => (isAngle[j] ? 0 : step));
  const columns = expandAngles(training, isAngle);
  return { resolution, isAngle, standardizer: fitStandardizer(columns), order: correlationOrder(columns) };
}

/**
 * Data → network: dequantized where `random` is given (in training, afresh for each epoch or once), angles in two columns,
 * standardized, reordered. Shape [count, standardizer.mean.length].
 */
export function encodePoints(preprocessing: Preprocessing, points: Points, random?: Random): Points {
  const spread = random ? dequantize(points, preprocessing.resolution, random) : points;
  const columns = expandAngles(spread, preprocessing.isAngle);
  return reorderFeatures(standardize(preprocessing.standardizer, columns), preprocessing.order);
}

/** Network → data: the inverse, without rounding back to steps. Shape [count, isAngle.length]. */
export function decodePoints(preprocessing: Preprocessing, encoded: Points): Points {
  const columns = reorderFeatures(encoded, inverseOrder(preprocessing.order));
  return collapseAngles(unstandardize(preprocessing.standardizer, columns), preprocessing.isAngle);
}
