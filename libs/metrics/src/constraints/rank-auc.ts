import { MetricError } from '../metric-error.ts';

/**
 * P(score of a positive > score of a negative) + ½P(equal): the area under the ROC curve (Mann and Whitney). ½ is
 * chance. Throws MetricError when either side is empty.
 */
export function rankAuc(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  if (positives.length === 0 || negatives.length === 0) {
    throw new MetricError(
      'scores',
      `rankAuc: ${positives.length} positives, ${negatives.length} negatives; give some of each`,
    );
  }
  const sorted = Float64Array.from(negatives).sort();
  let sum = 0;
  for (let i = 0; i < positives.length; i++) {
    sum += (countBelow(sorted, positives[i], false) + countBelow(sorted, positives[i], true)) / 2;
  }
  return sum / (positives.length * sorted.length);
}

/** How many of `sorted` are below `value`, or at most `value` where `inclusive`. */
function countBelow(sorted: Float64Array, value: number, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value || (inclusive && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
