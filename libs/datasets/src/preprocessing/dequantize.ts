import type { Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';

/**
 * Spacing of each feature's values, shape [features]: the smallest gap between distinct values where at most half of the
 * rows have a value of their own (an expectation from n shots: 2/n), otherwise 0, for a continuous feature.
 */
export function featureResolution(points: Points): number[] {
  return Array.from({ length: points.features }, (_, j) => {
    const column = Float32Array.from({ length: points.count }, (_, i) => points.x[i * points.features + j]).sort();
    let distinct = 0;
    let gap = Number.POSITIVE_INFINITY;
    for (let i = 0; i < column.length; i++) {
      if (i > 0 && column[i] === column[i - 1]) continue;
      if (i > 0) gap = Math.min(gap, column[i] - column[i - 1]);
      distinct++;
    }
    return distinct > 1 && 2 * distinct <= column.length ? gap : 0;
  });
}

/**
 * Spreads each value uniformly over its own step, x + resolution_j·(u − ½), so that features which take few values get a
 * density. Throws DatasetError when `resolution` does not have a number per feature.
 */
export function dequantize(points: Points, resolution: readonly number[], random: Random): Points {
  if (resolution.length !== points.features) {
    throw new DatasetError(
      'resolution',
      `resolution: ${resolution.length} steps for ${points.features} features; give one each`,
    );
  }
  if (resolution.every((step) => step === 0)) return points;
  return {
    ...points,
    x: points.x.map((value, i) => value + resolution[i % points.features] * (random.uniform() - 0.5)),
  };
}

/**
 * The value of an expectation from `shots` measurements nearest to each value: a multiple of 2/shots from −1, within
 * [−1, 1]. The inverse of {@link dequantize} for such features.
 */
export function quantizeToShots(points: Points, shots: number): Points {
  const step = 2 / shots;
  return {
    ...points,
    x: points.x.map((value) => Math.max(-1, Math.min(1, Math.round((value + 1) / step) * step - 1))),
  };
}
