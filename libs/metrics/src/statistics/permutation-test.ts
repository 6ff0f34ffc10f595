import { createRandom } from '@qloom/random/random.ts';
import { MetricError } from '../metric-error.ts';
import { meanOf } from './interval.ts';

/** Result of a paired permutation test. */
export interface PermutationTest {
  /** Mean of the differences. */
  readonly mean: number;
  readonly pValue: number;
  /** Whether all 2^n sign patterns were counted. */
  readonly exact: boolean;
}

/** Up to this many pairs all sign patterns are counted: 2^18 takes milliseconds. */
const MOST_EXACT_PAIRS = 18;

/**
 * Paired permutation (sign-flip) test that differences are symmetric around 0 (Fisher, 1935), with the mean as
 * statistic. `greater` asks whether they lean above 0. Exact up to 18 pairs; beyond, `resamples` random patterns
 * (default 100,000) with (hits + 1)/(resamples + 1). It is never below 2^(1 − n), and is about these draws alone: where
 * all are measured on one test set, consistency over draws does not generalize to other test points (`freshDrawsTest`
 * does). Throws MetricError without differences.
 */
export function pairedPermutationTest(
  differences: readonly number[],
  options: {
    readonly alternative?: 'two-sided' | 'greater';
    readonly seed?: number | string;
    readonly resamples?: number;
  } = {},
): PermutationTest {
  const n = differences.length;
  if (n === 0)
    throw new MetricError('differences', 'pairedPermutationTest: there are no differences; give at least one');
  const { alternative = 'two-sided', seed = 0, resamples = 100_000 } = options;
  const observed = differences.reduce((a, b) => a + b, 0);
  const slack = 1e-12 * differences.reduce((a, b) => a + Math.abs(b), 0);
  const isHit = (sum: number) =>
    alternative === 'greater' ? sum >= observed - slack : Math.abs(sum) >= Math.abs(observed) - slack;
  const mean = meanOf(differences);
  if (n <= MOST_EXACT_PAIRS) return { mean, pValue: countPatterns(differences, isHit) / 2 ** n, exact: true };
  const random = createRandom(`permutation/${seed}`);
  let hits = 0;
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += random.uniform() < 0.5 ? differences[i] : -differences[i];
    if (isHit(sum)) hits++;
  }
  return { mean, pValue: (hits + 1) / (resamples + 1), exact: false };
}

function countPatterns(differences: readonly number[], isHit: (sum: number) => boolean, at = 0, sum = 0): number {
  if (at === differences.length) return isHit(sum) ? 1 : 0;
  return (
    countPatterns(differences, isHit, at + 1, sum + differences[at]) +
    countPatterns(differences, isHit, at + 1, sum - differences[at])
  );
}
