import { shrunkCovariance } from '@qloom/datasets/sampling/shrunk-covariance.ts';
import type { Matrix } from '../matrix.ts';
import { MetricError } from '../metric-error.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

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
 * Fréchet distance² between two samples: features in units of the real sample's deviations, Gaussians with shrunk
 * covariance (Ledoit and Wolf). All directions count: a projection to the real sample's principal components would miss
 * a synthetic sample that departs from their plane. Shifting the synthetic sample by δ adds exactly the square of δ's
 * length in those units plus twice its product with the distance of the means. The size under no difference depends on
 * n: give equal n, and compare with a real-against-real null. Throws MetricError with fewer than two points on a side,
 * or with different n.
 */
export function frechetDistance(real: Matrix, synthetic: Matrix): number {
  if (real.count < 2 || real.count !== synthetic.count || real.features !== synthetic.features) {
    throw new MetricError(
      'count',
      `frechetDistance: samples of ${real.count}×${real.features} and ${synthetic.count}×${synthetic.features}; ` +
        'give the same number, at least 2, of points with the same features',
    );
  }
  const { features } = real;
  const { centre, scale } = unitsOf(real, synthetic);
  const standard = ({ values }: Matrix) =>
    values.map((value, i) => clamp((value - centre[i % features]) / scale[i % features]));
  const a = shrunkCovariance(standard(real), real.count, features);
  const b = shrunkCovariance(standard(synthetic), synthetic.count, features);
  return gaussianFrechet(a.mean, a.covariance, b.mean, b.covariance);
}

/** Beyond this many units fourth powers would not be finite. */
const FURTHEST = 1e70;

function clamp(units: number): number {
  return Math.max(-FURTHEST, Math.min(FURTHEST, units));
}

/**
 * Mean of each feature in the real sample, and its deviation there (divided by n). A feature that is constant in the real
 * sample has no deviation to measure a change by: its unit is √(c² + v), c the constant and v the variance of the
 * synthetic values, which no shift changes, or 1 where both are 0.
 */
function unitsOf(real: Matrix, synthetic: Matrix): { centre: Float64Array; scale: Float64Array } {
  const centre = new Float64Array(real.features);
  const scale = new Float64Array(real.features);
  for (let j = 0; j < real.features; j++) {
    const ofReal = momentsOf(real, j);
    const deviation = Math.sqrt(ofReal.variance);
    centre[j] = ofReal.mean;
    scale[j] = deviation || Math.hypot(ofReal.mean, Math.sqrt(momentsOf(synthetic, j).variance)) || 1;
  }
  return { centre, scale };
}

/** Mean and variance (divided by n) of a column; exactly the value and 0 where it does not vary. */
function momentsOf({ count, features, values }: Matrix, column: number): { mean: number; variance: number } {
  const first = values[column];
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i * features + column] - first;
  const mean = first + sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i * features + column] - mean) ** 2;
  return { mean, variance: squares / count };
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
