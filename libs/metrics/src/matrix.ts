import { createNeighbourSearch } from '@qloom/datasets/neighbours/neighbour-search.ts';
import type { Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { MetricError } from './metric-error.ts';

/** Rows of float64 features, on which distances are measured. */
export interface Matrix {
  readonly count: number;
  readonly features: number;
  /** Row-major, shape [count, features]. */
  readonly values: Float64Array;
}

/** The features of `points` in float64, standardized where a standardizer is given. */
export function matrixOf(points: Points, standardizer?: Standardizer): Matrix {
  const { count, features, x } = points;
  const values = new Float64Array(count * features);
  for (let i = 0; i < values.length; i++) {
    const j = i % features;
    values[i] = standardizer ? (x[i] - standardizer.mean[j]) / standardizer.scale[j] : x[i];
  }
  return { count, features, values };
}

/** The rows `indices` of `matrix`. */
export function selectMatrixRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const { features } = matrix;
  const values = new Float64Array(indices.length * features);
  for (let i = 0; i < indices.length; i++) {
    values.set(matrix.values.subarray(indices[i] * features, (indices[i] + 1) * features), i * features);
  }
  return { count: indices.length, features, values };
}

/** Squared Euclidean distances, row-major [a.count, b.count]. Throws MetricError when the features differ. */
export function squaredDistances(a: Matrix, b: Matrix): Float64Array {
  requireSameFeatures(a, b);
  const d = a.features;
  const out = new Float64Array(a.count * b.count);
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) {
        const difference = a.values[i * d + k] - b.values[j * d + k];
        sum += difference * difference;
      }
      out[i * b.count + j] = sum;
    }
  }
  return out;
}

/**
 * Distance of each row of `a` to its k-th nearest row of `b` (k from 1), or among the other rows of `a` itself; Infinity where
 * too few rows are at a finite distance. By `createNeighbourSearch`, which gives the neighbours themselves.
 */
export function neighbourDistances(a: Matrix, k: number, b?: Matrix): Float64Array {
  const among = b ?? a;
  const reachable = b ? b.count : a.count - 1;
  if (!Number.isInteger(k) || k < 1 || k > reachable) {
    throw new MetricError('k', `k: ${k} neighbours are wanted, but a point has ${reachable}; give 1 … ${reachable}`);
  }
  requireSameFeatures(a, among);
  const search = createNeighbourSearch(among);
  return Float64Array.from({ length: a.count }, (_, i) => {
    const point = a.values.subarray(i * a.features, (i + 1) * a.features);
    const { squares } = search.nearest(point, k, b ? -1 : i);
    return Math.sqrt(squares[k - 1] ?? Number.POSITIVE_INFINITY);
  });
}

function requireSameFeatures(a: Matrix, b: Matrix): void {
  if (a.features !== b.features) {
    throw new MetricError('features', `the two samples have ${a.features} and ${b.features} features; they must agree`);
  }
}
