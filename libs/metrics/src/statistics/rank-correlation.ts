import { MetricError } from '../metric-error.ts';
import { normalQuantile } from '../special-functions.ts';
import { type Interval, meanOf } from './interval.ts';

/** Ranks from 1; equal values share their mean rank. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]] === values[order[from]]) to++;
    for (let k = from; k <= to; k++) ranks[order[k]] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

/** Pearson's correlation; 0 where either side does not vary. */
function pearson(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [meanOf(x), meanOf(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xx += (x[i] - mx) ** 2;
    yy += (y[i] - my) ** 2;
    xy += (x[i] - mx) * (y[i] - my);
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

/** Spearman's rank correlation, ties by mean ranks; 0 where either side does not vary. Throws MetricError on unequal lengths. */
export function spearman(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length || x.length < 2) {
    throw new MetricError('y', `spearman: ${x.length} and ${y.length} values; give the same number, at least 2`);
  }
  return pearson(ranksOf(x), ranksOf(y));
}

/**
 * Spearman's correlation with the interval of Fieller, Hartley and Pearson, "Tests for rank correlation coefficients"
 * (Biometrika, 1957): artanh ρ has the variance 1.06/(n − 3). A perfect correlation of few pairs is no proof: ρ counts as
 * half a step, 6/(n(n² − 1)), less than 1, for neighbouring values are a step apart. With fewer than four pairs the error
 * is not known, and the interval is the estimate with level 0.
 */
export function spearmanInterval(x: readonly number[], y: readonly number[], level = 0.95): Interval {
  const estimate = spearman(x, y);
  const n = x.length;
  if (n < 4) return { estimate, low: estimate, high: estimate, level: 0 };
  const most = 1 - 6 / (n * (n * n - 1));
  const centre = Math.atanh(Math.max(-most, Math.min(most, estimate)));
  const reach = normalQuantile((1 + level) / 2) * Math.sqrt(1.06 / (n - 3));
  return {
    estimate,
    low: Math.min(estimate, Math.tanh(centre - reach)),
    high: Math.max(estimate, Math.tanh(centre + reach)),
    level,
  };
}
