import { type Candidates, squaredDistance } from '../candidates.ts';
import { type BatchRule, highest } from './batch-rule.ts';

/** Candidates among which the typical distance is measured. */
const SAMPLED = 256;
/** Length of the kernel in typical distances. */
const LENGTH = 0.25;
/** Least share of the highest score that a candidate counts with, and least variance that is divided by. */
const [LEAST_SCORE, LEAST_VARIANCE] = [1e-9, 1e-12];

/**
 * The greedy maximum of det(L_S), L_ij = q_i·k(x_i, x_j)·q_j, with the scores as qualities q and a Gaussian kernel k
 * (determinantal point process, Kulesza and Taskar, 2012; greedy with Cholesky rows, Chen, Zhang and Zhou, 2018). Pending
 * and excluded points count as chosen before: what is like them adds little. The kernel's length is a quarter of the
 * median distance of up to 256 candidates.
 */
export const determinantal: BatchRule = (candidates, scores, count, excluded) => {
  const { features, values, pending } = candidates;
  const all = Float64Array.of(...values, ...pending);
  const kernel = gaussian(candidates);
  const factors: Float64Array[] = [];
  const variances = new Float64Array(all.length / features).fill(1);
  /** Takes what the point at `row` explains from the variance of every point. */
  const condition = (row: number): void => {
    const variance = variances[row];
    if (variance < LEAST_VARIANCE) return;
    const factor = new Float64Array(variances.length);
    for (let i = 0; i < factor.length; i++) {
      let covariance = kernel(squaredDistance(all, i, all, row, features));
      for (const known of factors) covariance -= known[row] * known[i];
      factor[i] = covariance / Math.sqrt(variance);
      variances[i] = Math.max(0, variances[i] - factor[i] ** 2);
    }
    factors.push(factor);
  };
  for (let row = candidates.count; row < variances.length; row++) condition(row);
  for (const row of excluded) condition(row);

  const top = Math.max(...scores);
  const qualities = scores.map((score) => (top > 0 ? Math.max(score / top, LEAST_SCORE) : 1));
  const chosen = new Set(excluded);
  return Array.from({ length: count }, () => {
    const row = highest(
      qualities.map((quality, i) => quality ** 2 * variances[i]),
      chosen,
    );
    chosen.add(row);
    condition(row);
    return row;
  });
};

/** exp(−d²/2ℓ²) of a squared distance. Where all sampled candidates coincide, 1 for copies and 0 for anything else. */
function gaussian({ count, features, values }: Candidates): (square: number) => number {
  const step = Math.max(1, Math.ceil(count / SAMPLED));
  const squares: number[] = [];
  for (let i = 0; i < count; i += step) {
    for (let j = 0; j < i; j += step) squares.push(squaredDistance(values, i, values, j, features));
  }
  const median = squares.sort((a, b) => a - b)[Math.floor(squares.length / 2)] ?? 0;
  if (median === 0) return (square) => (square === 0 ? 1 : 0);
  return (square) => Math.exp(-square / (2 * LENGTH ** 2 * median));
}
