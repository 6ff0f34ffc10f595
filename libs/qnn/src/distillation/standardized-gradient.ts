import type { Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';

/** Derivatives of a loss in the angles of the points that a QNN trains on, and of those on which it is scored. */
export interface AngleGradients {
  /** Angles of the training points, shape [points, features], and the derivatives in them. */
  readonly angles: Float64Array;
  readonly training: Float64Array;
  /** The same of the held-out points. */
  readonly heldOutAngles: Float64Array;
  readonly heldOut: Float64Array;
}

/**
 * Turns derivatives in angles into those in the training points x, whose own mean μ and deviation σ make the angles
 * z = (x − μ)/σ of all points: with μ̄ = −Σ z̄/σ and σ̄ = −Σ z̄·z/σ over training and held-out points,
 * x̄ = z̄/σ + (μ̄ + σ̄·z)/n for n training points. Shape [points, features].
 */
export function throughStandardizer(
  { angles, training, heldOutAngles, heldOut }: AngleGradients,
  { scale }: Pick<Standardizer, 'scale'>,
): Float64Array {
  const features = scale.length;
  const count = angles.length / features;
  const ofMean = new Float64Array(features);
  const ofScale = new Float64Array(features);
  for (const [z, slopes] of [
    [angles, training],
    [heldOutAngles, heldOut],
  ]) {
    for (let i = 0; i < z.length; i++) {
      const j = i % features;
      ofMean[j] -= slopes[i] / scale[j];
      ofScale[j] -= (slopes[i] * z[i]) / scale[j];
    }
  }
  return training.map((slope, i) => {
    const j = i % features;
    return slope / scale[j] + (ofMean[j] + ofScale[j] * angles[i]) / count;
  });
}
