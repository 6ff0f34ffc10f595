/** Mean; 0 of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return values.length === 0 ? 0 : sum / values.length;
}

/** Standard deviation with n − 1; 0 of fewer than two. */
export function standardDeviation(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - centre) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

/** Quantile `p` in [0, 1] by linear interpolation of the sorted values (R's type 7). Throws RangeError of nothing. */
export function quantile(values: ArrayLike<number>, p: number): number {
  if (values.length === 0) throw new RangeError('quantile of no values');
  const sorted = Float64Array.from(values).sort();
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

/** Median absolute deviation from the median, unscaled. */
export function medianAbsoluteDeviation(values: ArrayLike<number>): number {
  const median = quantile(values, 0.5);
  return quantile(
    Float64Array.from(values, (value) => Math.abs(value - median)),
    0.5,
  );
}

/** `value` moved into [low, high]. */
export function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
