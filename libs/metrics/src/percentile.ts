import { MetricError } from './metric-error.ts';

/**
 * The `share`-quantile (0 … 1) by linear interpolation between order statistics (type 7 of Hyndman and Fan, numpy's
 * default). Throws MetricError on an empty sample or a share outside [0, 1].
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (values.length === 0) throw new MetricError('values', 'quantile: there are no values; give at least one');
  if (!(share >= 0 && share <= 1)) throw new MetricError('share', `share: ${share} is not in [0, 1]`);
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

/** The median. Throws MetricError on an empty sample. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** 1.4826·median|x − median x|: the standard deviation of normal data, robust to outliers. */
export function scaledMad(values: ArrayLike<number>): number {
  const centre = median(values);
  return 1.4826 * median(Float64Array.from(values, (value) => Math.abs(value - centre)));
}
