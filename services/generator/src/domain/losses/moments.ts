import { InvalidTrainingDataError } from '../errors.ts';
import type { Matrix } from './matrix.ts';

/**
 * Bins of the soft histograms. Their edges are quantiles of the real points, as for the imbalance index of the reward.
 */
const BINS = 10;
/** Width of a soft bin's edge, in standardized units. */
const EDGE_WIDTH = 0.1;

/** Statistics of the real points, by class, with which {@link momentLoss} compares. */
export interface MomentTarget {
  readonly features: number;
  /** Inner edges of the bins of each feature, ascending, shape [features, BINS − 1]. */
  readonly edges: Float64Array;
  /** Mean of φ over the real points of each class; absent for a class without points. */
  readonly means: readonly (Float64Array | undefined)[];
}

/**
 * With up to this many features the products of all pairs are compared; with more, only the squares, because the
 * products would dominate the loss.
 */
const CROSSED_FEATURES = 64;

/** Feature j is multiplied with the features from j up to, but excluding, this one. */
function lastPartner(j: number, features: number): number {
  return features <= CROSSED_FEATURES ? features : j + 1;
}

/**
 * Number of statistics φ of a point: F values, F(F+1)/2 products of two (or F squares), BINS memberships per feature.
 */
function statisticsCount(features: number): number {
  const products = features <= CROSSED_FEATURES ? (features * (features + 1)) / 2 : features;
  return features + products + features * BINS;
}

/**
 * φ(x): x_j, each weighted 1/√F; x_j x_k for j ≤ k, weighted 1/F; memberships σ((x − e_b)/w) − σ((x − e_{b+1})/w),
 * weighted 1/√F. The weights keep ‖φ‖² of order one for every F.
 */
function statistics(points: Matrix, row: number, edges: Float64Array, out: Float64Array, at: number): void {
  const features = points.columns;
  const x = points.data.subarray(row * features, (row + 1) * features);
  const one = 1 / Math.sqrt(features);
  let o = at;
  for (let j = 0; j < features; j++) out[o++] = one * x[j];
  for (let j = 0; j < features; j++) {
    for (let k = j; k < lastPartner(j, features); k++) out[o++] = (x[j] * x[k]) / features;
  }
  for (let j = 0; j < features; j++) {
    let above = 1;
    for (let b = 0; b < BINS; b++) {
      const next = b === BINS - 1 ? 0 : sigmoid((x[j] - edges[j * (BINS - 1) + b]) / EDGE_WIDTH);
      out[o++] = one * (above - next);
      above = next;
    }
  }
}

/** Adds `scale` · (∂φ/∂x)ᵀ `d` to the gradient's row. */
function pullBack(points: Matrix, row: number, edges: Float64Array, d: Float64Array, scale: number, gradient: Matrix) {
  const features = points.columns;
  const x = points.data.subarray(row * features, (row + 1) * features);
  const g = gradient.data.subarray(row * features, (row + 1) * features);
  const one = scale / Math.sqrt(features);
  let o = 0;
  for (let j = 0; j < features; j++) g[j] += one * d[o++];
  for (let j = 0; j < features; j++) {
    for (let k = j; k < lastPartner(j, features); k++) {
      const product = (scale * d[o++]) / features;
      g[j] += product * x[k];
      g[k] += product * x[j];
    }
  }
  for (let j = 0; j < features; j++) {
    for (let b = 0; b < BINS - 1; b++) {
      const s = sigmoid((x[j] - edges[j * (BINS - 1) + b]) / EDGE_WIDTH);
      g[j] += ((one * s * (1 - s)) / EDGE_WIDTH) * (d[o + b + 1] - d[o + b]);
    }
    o += BINS;
  }
}

/** Statistics of the real points (standardized, shape [n, F]), by class. */
export function momentTarget(points: Matrix, labels: Int32Array, classes: number): MomentTarget {
  const features = points.columns;
  if (points.rows === 0) throw new InvalidTrainingDataError('training: no points to take moments of');
  const edges = new Float64Array(features * (BINS - 1));
  for (let j = 0; j < features; j++) {
    const sorted = Float64Array.from({ length: points.rows }, (_, i) => points.data[i * features + j]).sort();
    for (let b = 1; b < BINS; b++) edges[j * (BINS - 1) + b - 1] = quantile(sorted, b / BINS);
  }
  const size = statisticsCount(features);
  const means: (Float64Array | undefined)[] = new Array(classes).fill(undefined);
  const counts = new Float64Array(classes);
  const phi = new Float64Array(size);
  for (let i = 0; i < points.rows; i++) {
    const mean = (means[labels[i]] ??= new Float64Array(size));
    statistics(points, i, edges, phi, 0);
    counts[labels[i]]++;
    for (let k = 0; k < size; k++) mean[k] += (phi[k] - mean[k]) / counts[labels[i]];
  }
  return { features, edges, means };
}

/**
 * The gap between the moments and soft histograms of synthetic and real points: Σ_c (n_c/n) ‖E φ(made|c) − E
 * φ(real|c)‖², the squared norm by its unbiased estimate Σ_{i≠k} d_i·d_k / (n_c(n_c − 1)), d_i = φ(x_i) − E φ(real|c).
 * (The plain square would be smallest if the synthetic points did not vary.) A class with fewer than two synthetic
 * points is left out.
 *
 * Adds `weight` times the gradient with respect to `made`. The estimate may be negative.
 */
export function momentLoss(
  target: MomentTarget,
  made: Matrix,
  labels: Int32Array,
  weight: number,
  gradient: Matrix,
): number {
  const size = statisticsCount(target.features);
  let loss = 0;
  for (let c = 0; c < target.means.length; c++) {
    const mean = target.means[c];
    const rows = rowsOfClass(labels, made.rows, c);
    const n = rows.length;
    if (mean === undefined || n < 2) continue;
    const d = new Float64Array(n * size);
    const total = new Float64Array(size);
    let own = 0;
    for (let i = 0; i < n; i++) {
      statistics(made, rows[i], target.edges, d, i * size);
      for (let k = 0; k < size; k++) {
        const value = (d[i * size + k] -= mean[k]);
        total[k] += value;
        own += value * value;
      }
    }
    let square = 0;
    for (let k = 0; k < size; k++) square += total[k] * total[k];
    const pairs = (n - 1) * made.rows;
    loss += (square - own) / pairs;
    for (let i = 0; i < n; i++) {
      const others = d.subarray(i * size, (i + 1) * size);
      for (let k = 0; k < size; k++) others[k] = total[k] - others[k];
      pullBack(made, rows[i], target.edges, others, (2 * weight) / pairs, gradient);
    }
  }
  return loss;
}

function rowsOfClass(labels: Int32Array, count: number, label: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < count; i++) if (labels[i] === label) rows.push(i);
  return rows;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996). */
export function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
