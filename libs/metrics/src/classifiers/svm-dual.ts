import { MetricError } from '../metric-error.ts';

/** Solution of a two-class support vector machine: f(x) = Σ_i weights_i·k(x_i, x) + bias. */
export interface SupportVectorMachine {
  /** α_i·s_i, shape [count]. */
  readonly weights: Float64Array;
  readonly bias: number;
  readonly iterations: number;
}

/** Both multipliers of a pair are moved at most this many times in all. */
const MOST_ITERATIONS = 200_000;

/**
 * Minimizes ½αᵀQα − Σα with 0 ≤ α ≤ C, Σ s_i α_i = 0, Q_ij = s_i s_j K_ij, by sequential minimal optimization with
 * second-order choice of the pair (Fan, Chen and Lin, 2005; as LIBSVM does), until no pair violates optimality by more
 * than `tolerance`. `gram` is symmetric, row-major [count, count]; `signs` are ±1, both present. Throws MetricError otherwise.
 */
export function solveSvm(
  gram: Float64Array,
  signs: ArrayLike<number>,
  c: number,
  tolerance = 1e-3,
): SupportVectorMachine {
  const n = signs.length;
  if (gram.length !== n * n)
    throw new MetricError('gram', `gram: ${gram.length} elements for ${n} points; give ${n * n}`);
  if (!(c > 0)) throw new MetricError('c', `c: ${c} is not above 0`);
  const alpha = new Float64Array(n);
  const gradient = new Float64Array(n).fill(-1);
  const diagonal = Float64Array.from({ length: n }, (_, t) => gram[t * n + t]);
  let iterations = 0;
  let bias = 0;
  for (; ; iterations++) {
    let i = -1;
    let top = Number.NEGATIVE_INFINITY;
    for (let t = 0; t < n; t++) {
      const score = -signs[t] * gradient[t];
      if (score > top && (signs[t] > 0 ? alpha[t] < c : alpha[t] > 0)) {
        top = score;
        i = t;
      }
    }
    let j = -1;
    let bottom = Number.POSITIVE_INFINITY;
    let best = Number.POSITIVE_INFINITY;
    for (let t = 0, at = i * n; t < n && i >= 0; t++, at++) {
      if (signs[t] > 0 ? alpha[t] <= 0 : alpha[t] >= c) continue;
      const score = -signs[t] * gradient[t];
      if (score < bottom) bottom = score;
      const gap = top - score;
      if (gap <= 0) continue;
      const curvature = Math.max(diagonal[i] + diagonal[t] - 2 * gram[at], 1e-12);
      const gain = -(gap * gap) / curvature;
      if (gain < best) {
        best = gain;
        j = t;
      }
    }
    if (i < 0 || bottom === Number.POSITIVE_INFINITY) {
      throw new MetricError('signs', 'solveSvm: all points are on one side; give both classes');
    }
    if (top - bottom < tolerance || j < 0 || iterations >= MOST_ITERATIONS) {
      bias = biasOf(alpha, gradient, signs, c, (top + bottom) / 2);
      break;
    }
    movePair(i, j);
  }
  return { weights: alpha.map((a, t) => a * signs[t]), bias, iterations };

  function movePair(i: number, j: number): void {
    const curvature = Math.max(gram[i * n + i] + gram[j * n + j] - 2 * gram[i * n + j], 1e-12);
    let step = (-signs[i] * gradient[i] + signs[j] * gradient[j]) / curvature;
    step = Math.min(step, signs[i] > 0 ? c - alpha[i] : alpha[i], signs[j] > 0 ? alpha[j] : c - alpha[j]);
    alpha[i] = Math.max(0, Math.min(c, alpha[i] + signs[i] * step));
    alpha[j] = Math.max(0, Math.min(c, alpha[j] - signs[j] * step));
    // By rows of the symmetric matrix: its columns would miss the cache at every element.
    for (let t = 0, ofI = i * n, ofJ = j * n; t < n; t++) {
      gradient[t] += signs[t] * step * (gram[ofI + t] - gram[ofJ + t]);
    }
  }
}

/** Mean of −s·∇ over the multipliers strictly inside (0, C); the middle of its bounds where there is none. */
function biasOf(
  alpha: Float64Array,
  gradient: Float64Array,
  signs: ArrayLike<number>,
  c: number,
  middle: number,
): number {
  let sum = 0;
  let free = 0;
  for (let t = 0; t < alpha.length; t++) {
    if (alpha[t] <= 0 || alpha[t] >= c) continue;
    sum += -signs[t] * gradient[t];
    free++;
  }
  return free > 0 ? sum / free : middle;
}
