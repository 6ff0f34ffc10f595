import { type Matrix, squaredDistances } from '../matrix.ts';
import { MetricError } from '../metric-error.ts';

/** Squared maximum mean discrepancy of two samples. */
export interface MaximumMeanDiscrepancy {
  /** Unbiased: around 0, and often below, where the laws are equal. */
  readonly squared: number;
  /** σ of the kernel exp(−‖x − y‖²/2σ²): the median distance over all pairs of the pooled sample; of those apart, where it is 0. */
  readonly bandwidth: number;
}

/**
 * Unbiased MMD² (Gretton et al., "A kernel two-sample test", 2012) with a Gaussian kernel at the median heuristic, or at
 * `bandwidth`. Throws MetricError with fewer than two points on a side.
 */
export function maximumMeanDiscrepancy(a: Matrix, b: Matrix, bandwidth?: number): MaximumMeanDiscrepancy {
  if (a.count < 2 || b.count < 2) {
    throw new MetricError('count', `maximumMeanDiscrepancy: ${a.count} and ${b.count} points; give at least 2 of each`);
  }
  const aa = squaredDistances(a, a);
  const bb = squaredDistances(b, b);
  const ab = squaredDistances(a, b);
  const sigma = bandwidth ?? medianDistance(aa, a.count, bb, b.count, ab);
  const factor = -1 / (2 * sigma * sigma);
  const squared =
    pairSum(aa, a.count, factor) / (a.count * (a.count - 1)) +
    pairSum(bb, b.count, factor) / (b.count * (b.count - 1)) -
    (2 * ab.reduce((sum, square) => sum + Math.exp(square * factor), 0)) / (a.count * b.count);
  return { squared, bandwidth: sigma };
}

/** Σ_{i≠j} k(x_i, x_j). */
function pairSum(squares: Float64Array, count: number, factor: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) sum += Math.exp(squares[i * count + j] * factor);
  return 2 * sum;
}

/**
 * Median distance over distinct pairs. Where more than half of all pairs coincide, the median over the others, so that
 * the kernel has the data's own unit there too; 1 where all points coincide.
 */
function medianDistance(aa: Float64Array, na: number, bb: Float64Array, nb: number, ab: Float64Array): number {
  const pairs = new Float64Array((na * (na - 1)) / 2 + (nb * (nb - 1)) / 2 + ab.length);
  let at = 0;
  for (let i = 0; i < na; i++) for (let j = 0; j < i; j++) pairs[at++] = aa[i * na + j];
  for (let i = 0; i < nb; i++) for (let j = 0; j < i; j++) pairs[at++] = bb[i * nb + j];
  pairs.set(ab, at);
  pairs.sort();
  const median = medianRoot(pairs);
  if (median > 0) return median;
  const apart = pairs.subarray(pairs.findIndex((square) => square > 0));
  return apart[0] > 0 ? medianRoot(apart) : 1;
}

/** Median of the square roots of sorted squares. */
function medianRoot(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return Math.sqrt(sorted[middle]);
  return (Math.sqrt(sorted[middle - 1]) + Math.sqrt(sorted[middle])) / 2;
}
