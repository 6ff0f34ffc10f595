/** The error of a classifier that was trained on a number of labels. */
export interface CurvePoint {
  /** At least 1. */
  readonly labels: number;
  /** Share of errors, in [0, 1]. */
  readonly error: number;
  /** Mean price of a label of the batch that was chosen then. Default: that of every label. */
  readonly price?: number;
}

/** Rounds from which a curve is fitted: the last ones. */
const ROUNDS = 6;
/** Least error whose logarithm is taken. */
const LEAST_ERROR = 1e-6;

/**
 * Reduction of the error to expect of `more` labels: that of the power law e(n) = a·n^−b, fitted to the last six points by
 * least squares of ln e on ln n (learning curves: Hestness et al., "Deep learning scaling is predictable, empirically",
 * 2017), from the last number of labels on. 0 where the fit rises; Infinity with fewer than three numbers of labels, from
 * which nothing can be expected.
 */
export function expectedGain(curve: readonly CurvePoint[], more: number): number {
  const last = curve.slice(-ROUNDS);
  if (new Set(last.map(({ labels }) => labels)).size < 3) return Number.POSITIVE_INFINITY;
  const xs = last.map(({ labels }) => Math.log(labels));
  const ys = last.map(({ error }) => Math.log(Math.max(LEAST_ERROR, error)));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
  const [x, y] = [mean(xs), mean(ys)];
  const slope = mean(xs.map((value, i) => (value - x) * (ys[i] - y))) / mean(xs.map((value) => (value - x) ** 2));
  if (!(slope < 0)) return 0;
  const errorAt = (labels: number) => Math.exp(y + slope * (Math.log(labels) - x));
  const now = last[last.length - 1].labels;
  return errorAt(now) - errorAt(now + more);
}
