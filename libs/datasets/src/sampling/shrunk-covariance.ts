/** Mean and covariance of rows. */
export interface ShrunkCovariance {
  /** Shape [features]. */
  readonly mean: Float64Array;
  /** (1 − s)·S + s·μ·I, row-major [features, features]. */
  readonly covariance: Float64Array;
  /** s, in [0, 1]. */
  readonly shrinkage: number;
}

/**
 * Covariance shrunk towards a multiple of the identity by the amount that minimizes the expected squared error
 * (Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", 2004): S is the maximum
 * likelihood covariance (divided by n), μ = tr S / p. `x` is row-major [count, features]. One row gives zeros; no row
 * throws RangeError.
 */
export function shrunkCovariance(x: ArrayLike<number>, count: number, features: number): ShrunkCovariance {
  if (count < 1) throw new RangeError('shrunkCovariance: there are no rows; give at least one');
  const mean = new Float64Array(features);
  for (let i = 0; i < count; i++) for (let j = 0; j < features; j++) mean[j] += x[i * features + j] / count;
  const s = new Float64Array(features * features);
  const centred = new Float64Array(features);
  let fourth = 0;
  for (let i = 0; i < count; i++) {
    let square = 0;
    for (let j = 0; j < features; j++) {
      centred[j] = x[i * features + j] - mean[j];
      square += centred[j] * centred[j];
    }
    fourth += square * square;
    for (let j = 0; j < features; j++) {
      for (let k = 0; k <= j; k++) s[j * features + k] += (centred[j] * centred[k]) / count;
    }
  }
  let trace = 0;
  let squares = 0;
  for (let j = 0; j < features; j++) {
    trace += s[j * features + j];
    for (let k = 0; k <= j; k++) {
      s[k * features + j] = s[j * features + k];
      squares += (j === k ? 1 : 2) * s[j * features + k] ** 2;
    }
  }
  const mu = trace / features;
  // β = Σ‖x xᵀ − S‖²/n², δ = ‖S − μI‖²; the shrinkage is β/δ, at most 1.
  const beta = (fourth / count - squares) / count;
  const delta = squares - features * mu * mu;
  const shrinkage = delta <= 0 ? 0 : Math.max(0, Math.min(1, beta / delta));
  for (let j = 0; j < features * features; j++) s[j] *= 1 - shrinkage;
  for (let j = 0; j < features; j++) s[j * features + j] += shrinkage * mu;
  return { mean, covariance: s, shrinkage };
}
