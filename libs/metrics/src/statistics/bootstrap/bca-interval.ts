import { createRandom } from '@qloom/random/random.ts';
import { MetricError } from '../../metric-error.ts';
import { quantile } from '../../percentile.ts';
import { normalCdf, normalQuantile } from '../../special-functions.ts';
import { type Interval, meanOf } from '../interval.ts';
import { studentQuantile } from '../student-t.ts';

/** Options of {@link bcaInterval}. */
export interface BcaOptions {
  /** Two-sided confidence. Default .95. */
  readonly level?: number;
  /** Random resamples. Default 4,000; where all n^n resamples are no more than this, all are counted. */
  readonly resamples?: number;
  readonly seed?: number | string;
  /**
   * Whether the level is widened for few draws to that of Student's t: tail areas Φ(−t_{n−1}·√(n/(n−1))) (Hesterberg, "What
   * teachers should know about the bootstrap", American Statistician 69, 2015). Default true.
   */
  readonly expanded?: boolean;
}

/**
 * Bias-corrected and accelerated bootstrap interval (Efron, "Better bootstrap confidence intervals", 1987) of a statistic of
 * `draws` independent draws, for statistics without a formula of their error: ratios, interquartile means, medians.
 * `statistic` takes the numbers of the draws, with repetitions. Its interval is about other draws only: where draws share a
 * test set, add that error with {@link widenByTestSet} (ADR 0022 has the reason). Where the statistic does not vary over the
 * draws, or there are fewer than two, its error is not known: the estimate with level 0. Resamples without a finite
 * statistic are left out. Throws MetricError without draws.
 */
export function bcaInterval(
  draws: number,
  statistic: (draws: ArrayLike<number>) => number,
  { level = 0.95, resamples = 4000, seed = 0, expanded = true }: BcaOptions = {},
): Interval {
  if (draws < 1) throw new MetricError('draws', 'bcaInterval: 0 draws; give at least 1');
  const all = Int32Array.from({ length: draws }, (_, i) => i);
  const estimate = statistic(all);
  const unknown = { estimate, low: estimate, high: estimate, level: 0 };
  if (draws < 2) return unknown;
  const without = Array.from(all, (left) => statistic(all.filter((i) => i !== left)));
  const centre = meanOf(without);
  const largest = Math.max(...without.map(Math.abs));
  const influences = without.map((value) => (centre - value) / (largest || 1));
  const squares = influences.reduce((sum, value) => sum + value ** 2, 0);
  // Less is the rounding of float64 sums.
  if (!(squares > 1e-18)) return unknown;
  const acceleration = influences.reduce((sum, value) => sum + value ** 3, 0) / (6 * squares ** 1.5);
  const values = resampled(draws, statistic, resamples, seed);
  const below = values.filter((value) => value < estimate).length + values.filter((value) => value <= estimate).length;
  const share = below / (2 * values.length);
  if (!(share > 0 && share < 1)) return unknown;
  const bias = normalQuantile(share);
  const tail = expanded ? expandedTail(level, draws) : (1 - level) / 2;
  const end = (z: number): number => {
    const slowing = 1 - acceleration * (bias + z);
    if (slowing <= 0) return quantile(values, z < 0 ? 0 : 1);
    return quantile(values, normalCdf(bias + (bias + z) / slowing));
  };
  const z = normalQuantile(tail);
  return { estimate, low: Math.min(estimate, end(z)), high: Math.max(estimate, end(-z)), level };
}

/** The finite values of the statistic over resamples of the draws. */
function resampled(
  draws: number,
  statistic: (draws: ArrayLike<number>) => number,
  resamples: number,
  seed: number | string,
): Float64Array {
  const isExact = draws ** draws <= resamples;
  const count = isExact ? draws ** draws : resamples;
  const random = createRandom(`bca/${seed}`);
  const indices = new Int32Array(draws);
  const values: number[] = [];
  for (let r = 0; r < count; r++) {
    for (let i = 0, rest = r; i < draws; i++, rest = Math.floor(rest / draws)) {
      indices[i] = isExact ? rest % draws : random.integer(draws);
    }
    const value = statistic(indices);
    if (Number.isFinite(value)) values.push(value);
  }
  return Float64Array.from(values).sort();
}

/** The area of each tail, by Hesterberg's formula. */
function expandedTail(level: number, draws: number): number {
  const t = studentQuantile((1 + level) / 2, draws - 1);
  return normalCdf(-t * Math.sqrt(draws / (draws - 1)));
}

/**
 * An interval over draws, widened by the error of the test set that all of them share: the two are independent, so that the
 * squares of the distances from the estimate to its ends add up (MOVER: Zou and Donner, "Construction of confidence intervals
 * about effect measures", Statistics in Medicine 27, 2008), and the ends stay unsymmetric. `variance` is that of the estimate
 * over test sets, `freedom` its degrees of freedom. An interval of unknown error (level 0) is returned as it is.
 */
export function widenByTestSet(
  interval: Interval,
  { variance, freedom }: { variance: number; freedom: number },
): Interval {
  const { estimate, low, high, level } = interval;
  if (level === 0) return interval;
  const reach = studentQuantile((1 + level) / 2, freedom) ** 2 * variance;
  return {
    estimate,
    low: estimate - Math.sqrt((estimate - low) ** 2 + reach),
    high: estimate + Math.sqrt((high - estimate) ** 2 + reach),
    level,
  };
}
