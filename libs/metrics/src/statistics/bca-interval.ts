import { createRandom } from '@qloom/random/random.ts';
import { MetricError } from '../metric-error.ts';
import { quantile } from '../percentile.ts';
import { normalCdf, normalQuantile } from '../special-functions.ts';
import type { Interval } from './interval.ts';

/** How to bootstrap. */
export interface BootstrapOptions {
  /** Two-sided confidence. Default .95. */
  readonly level?: number;
  /** Default 10,000. */
  readonly resamples?: number;
  /** Default 0. */
  readonly seed?: number | string;
}

/**
 * Bias-corrected and accelerated bootstrap interval (Efron, "Better bootstrap confidence intervals", 1987): the
 * percentiles Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))) of the resampled statistic, z₀ from the share of resamples below the
 * estimate (ties count half), a from the jackknife. Items may be anything: numbers, or pairs that stay together. Where
 * every resample gives the same value, that value is both ends. Throws MetricError with fewer than two items.
 */
export function bcaInterval<T>(
  sample: readonly T[],
  statistic: (resample: readonly T[]) => number,
  options: BootstrapOptions = {},
): Interval {
  const { level = 0.95, resamples = 10_000, seed = 0 } = options;
  const n = sample.length;
  if (n < 2) throw new MetricError('sample', `bcaInterval: ${n} items have no spread; give at least 2`);
  if (!(level > 0 && level < 1)) throw new MetricError('level', `level: ${level} is not between 0 and 1`);
  const estimate = statistic(sample);
  const random = createRandom(`bca/${seed}`);
  const drawn = new Float64Array(resamples);
  const resample = new Array<T>(n);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < n; i++) resample[i] = sample[random.integer(n)];
    drawn[r] = statistic(resample);
  }
  let below = 0;
  const slack = 1e-12 * Math.max(1, Math.abs(estimate));
  for (const value of drawn) below += value < estimate - slack ? 1 : value <= estimate + slack ? 0.5 : 0;
  // Half a resample is left on either side, so that z₀ is finite.
  const z0 = normalQuantile(Math.min(1 - 0.5 / resamples, Math.max(0.5 / resamples, below / resamples)));
  const a = acceleration(sample, statistic);
  const end = (share: number) => {
    const z = z0 + normalQuantile(share);
    return quantile(drawn, normalCdf(z0 + z / (1 - a * z)));
  };
  return { estimate, low: end((1 - level) / 2), high: end((1 + level) / 2), level };
}

/** Σ d³ / 6(Σ d²)^{3/2} over the jackknife, d = mean − value. */
function acceleration<T>(sample: readonly T[], statistic: (resample: readonly T[]) => number): number {
  const left = sample.map((_, i) => statistic(sample.filter((__, j) => j !== i)));
  const mean = left.reduce((x, y) => x + y, 0) / left.length;
  let square = 0;
  let cube = 0;
  for (const value of left) {
    square += (mean - value) ** 2;
    cube += (mean - value) ** 3;
  }
  return square > 1e-300 ? cube / (6 * square ** 1.5) : 0;
}
