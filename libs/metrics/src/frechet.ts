import { shrunkCovariance } from '@qloom/datasets/shrunk-covariance.ts';
import type { Matrix } from './matrix.ts';
import { MetricError } from './metric-error.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Principal components carry at least this share of the real variance. */
const VARIANCE_KEPT = 0.99;

/**
 * Fréchet distance² of two Gaussians, ‖μ₁−μ₂‖² + tr(Σ₁ + Σ₂ − 2(Σ₁^½Σ₂Σ₁^½)^½) (Dowson and Landau, 1982). Covariances are
 * row-major [size, size] and positive semidefinite.
 */
export function gaussianFrechet(
  mean1: Float64Array,
  covariance1: Float64Array,
  mean2: Float64Array,
  covariance2: Float64Array,
): number {
  const d = mean1.length;
  const root = squareRoot(covariance1, d);
  const inner = multiply(multiply(root, covariance2, d), root, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) inner[i * d + j] = inner[j * d + i] = (inner[i * d + j] + inner[j * d + i]) / 2;
  }
  let distance = 0;
  for (let i = 0; i < d; i++) {
    distance += (mean1[i] - mean2[i]) ** 2 + covariance1[i * d + i] + covariance2[i * d + i];
  }
  for (const value of symmetricEigen(inner, d).values) distance -= 2 * Math.sqrt(Math.max(0, value));
  return Math.max(0, distance);
}

/**
 * Fréchet distance² between two samples: features standardized by the real sample, turned to its principal components
 * (as many as carry 99 % of its variance), Gaussians with shrunk covariance (Ledoit and Wolf). Its size under no
 * difference depends on n: give equal n, and judge beside a real-against-real null. Throws MetricError with fewer than
 * two points on a side, or with different n.
 */
export function frechetDistance(real: Matrix, synthetic: Matrix): number {
  if (real.count < 2 || real.count !== synthetic.count || real.features !== synthetic.features) {
    throw new MetricError(
      'count',
      `frechetDistance: samples of ${real.count}×${real.features} and ${synthetic.count}×${synthetic.features}; ` +
        'give the same number, at least 2, of points with the same features',
    );
  }
  const project = principalComponents(real);
  const a = project(real);
  const b = project(synthetic);
  const fitA = shrunkCovariance(a.values, a.count, a.features);
  const fitB = shrunkCovariance(b.values, b.count, b.features);
  return gaussianFrechet(fitA.mean, fitA.covariance, fitB.mean, fitB.covariance);
}

/** A projection to the principal components of `real`, after standardization by it. */
export function principalComponents(real: Matrix): (matrix: Matrix) => Matrix {
  const d = real.features;
  const mean = new Float64Array(d);
  const scale = new Float64Array(d);
  for (let i = 0; i < real.values.length; i++) mean[i % d] += real.values[i] / real.count;
  for (let i = 0; i < real.values.length; i++) scale[i % d] += (real.values[i] - mean[i % d]) ** 2 / real.count;
  for (let j = 0; j < d; j++) scale[j] = scale[j] > 1e-18 ? Math.sqrt(scale[j]) : 1;
  const standard = (matrix: Matrix) => matrix.values.map((value, i) => (value - mean[i % d]) / scale[i % d]);
  const z = standard(real);
  const correlation = new Float64Array(d * d);
  for (let i = 0; i < real.count; i++) {
    for (let j = 0; j < d; j++) {
      for (let k = 0; k < d; k++) correlation[j * d + k] += (z[i * d + j] * z[i * d + k]) / real.count;
    }
  }
  const { values, vectors } = symmetricEigen(correlation, d);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  let kept = 0;
  for (let carried = 0; kept < d && carried < VARIANCE_KEPT * total; kept++) carried += Math.max(0, values[kept]);
  const size = Math.max(1, kept);
  return (matrix) => {
    const x = standard(matrix);
    const out = new Float64Array(matrix.count * size);
    for (let i = 0; i < matrix.count; i++) {
      for (let k = 0; k < size; k++) {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += vectors[k * d + j] * x[i * d + j];
        out[i * size + k] = sum;
      }
    }
    return { count: matrix.count, features: size, values: out };
  };
}

/** The symmetric square root of a positive semidefinite matrix. */
function squareRoot(matrix: Float64Array, size: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, size);
  const out = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    const root = Math.sqrt(Math.max(0, values[k]));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) out[i * size + j] += root * vectors[k * size + i] * vectors[k * size + j];
    }
  }
  return out;
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k];
      for (let j = 0; j < size; j++) out[i * size + j] += factor * b[k * size + j];
    }
  }
  return out;
}
