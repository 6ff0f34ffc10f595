import { MetricError } from '../metric-error.ts';
import { meanOf } from './interval.ts';

/**
 * Mean of the middle half: ⌊n/4⌋ values are cut from either end (Agarwal et al., "Deep reinforcement learning at the edge
 * of the statistical precipice", 2021). Throws MetricError without values.
 */
export function interquartileMean(values: ArrayLike<number>): number {
  if (values.length === 0) throw new MetricError('values', 'interquartileMean: there are no values; give at least one');
  const cut = Math.floor(values.length / 4);
  return meanOf(
    Float64Array.from(values)
      .sort()
      .subarray(cut, values.length - cut),
  );
}
