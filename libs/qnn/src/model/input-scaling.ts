import { fitStandardizer, type Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { EncodingName } from '@qloom/quantum/encodings/encoding-table.ts';
import type { Points } from '@qloom/study/points/points.ts';

/**
 * Standardization of features to angles: angle = (x − mean)/deviation of each feature, so that a typical feature turns
 * by about a radian before a trainable weight ω scales it. A constant feature has the angle 0. Computed from real
 * training points only, never from held-out or synthetic ones, so that both arms of a comparison have the same angles.
 * The encoding `basis` uses features unchanged, since it prepares 0 and 1.
 */
export function measureScaling(realTraining: Points, encoding?: EncodingName): Standardizer {
  if (encoding !== 'basis') return fitStandardizer(realTraining);
  const { features } = realTraining;
  return { mean: new Array<number>(features).fill(0), scale: new Array<number>(features).fill(1) };
}

/** The angles of points in radians, float64, shape [count, features]. */
export function scaleInputs(points: Points, { mean, scale }: Standardizer): Float64Array {
  const angles = new Float64Array(points.x.length);
  for (let i = 0; i < angles.length; i++) {
    const f = i % points.features;
    angles[i] = (points.x[i] - mean[f]) / scale[f];
  }
  return angles;
}
