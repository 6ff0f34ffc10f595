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
  if (a.features !== b.features) {
    throw new MetricError('features', `the two samples have ${a.features} and ${b.features} features; they must agree`);
  }
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

/** Distance of each row of `a` to its k-th nearest row of `b` (k from 1), or among the other rows of `a` itself. */
export function neighbourDistances(a: Matrix, k: number, b?: Matrix): Float64Array {
  const among = b ?? a;
  const reachable = b ? b.count : a.count - 1;
  if (!Number.isInteger(k) || k < 1 || k > reachable) {
    throw new MetricError('k', `k: ${k} neighbours are wanted, but a point has ${reachable}; give 1 … ${reachable}`);
  }
  const squares = squaredDistances(a, among);
  const out = new Float64Array(a.count);
  for (let i = 0; i < a.count; i++) {
    const row = squares.subarray(i * among.count, (i + 1) * among.count);
    if (k === 1) {
      let nearest = Number.POSITIVE_INFINITY;
      for (let j = 0; j < row.length; j++) if ((b || j !== i) && row[j] < nearest) nearest = row[j];
      out[i] = Math.sqrt(nearest);
    } else {
      // A point is its own nearest neighbour (distance 0), so that among its own sample the k-th is one further.
      out[i] = Math.sqrt(row.slice().sort()[b ? k - 1 : k]);
    }
  }
  return out;
}
