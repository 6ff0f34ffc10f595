/** An estimate with its confidence interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided confidence, such as .95; 0 where the error is not known, and the ends are the estimate. */
  readonly level: number;
}

/** Arithmetic mean; NaN of nothing. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Unbiased variance (divided by n − 1); NaN of fewer than two. */
export function varianceOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - mean) ** 2;
  return values.length > 1 ? sum / (values.length - 1) : Number.NaN;
}

/** {@link varianceOf}; 0 where the values differ by no more than the rounding of float64 sums, 1e-9 of the largest. */
export function distinctVarianceOf(values: ArrayLike<number>): number {
  const variance = varianceOf(values);
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return variance <= (1e-9 * largest) ** 2 ? 0 : variance;
}
