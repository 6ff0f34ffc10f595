import { MetricError } from '../metric-error.ts';
import { type Interval, meanOf, varianceOf } from './interval.ts';
import { studentCdf, studentQuantile } from './student-t.ts';

/** Result of the corrected resampled t-test. */
export interface CorrectedResampledTest extends Interval {
  readonly t: number;
  /** n − 1. */
  readonly freedom: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Corrected resampled t-test (Nadeau and Bengio, "Inference for the generalization error", 2003) for differences over
 * repeated splits of one file, which share rows: the variance is s²·(1/n + testRows/trainingRows). Claims hold for that
 * file only. Throws MetricError with fewer than two differences.
 */
export function correctedResampledTest(
  differences: readonly number[],
  split: { readonly trainingRows: number; readonly testRows: number },
  level = 0.95,
): CorrectedResampledTest {
  const n = differences.length;
  if (n < 2) throw new MetricError('differences', `correctedResampledTest: ${n} differences; give at least 2`);
  if (!(split.trainingRows > 0 && split.testRows > 0)) {
    throw new MetricError(
      'split',
      `split: ${split.trainingRows} training and ${split.testRows} test rows; give some of each`,
    );
  }
  const estimate = meanOf(differences);
  const error = Math.sqrt((1 / n + split.testRows / split.trainingRows) * varianceOf(differences));
  const t = error > 0 ? estimate / error : estimate === 0 ? 0 : Math.sign(estimate) * Number.POSITIVE_INFINITY;
  const reach = studentQuantile((1 + level) / 2, n - 1) * error;
  const pValue = Number.isFinite(t) ? 2 * studentCdf(-Math.abs(t), n - 1) : 0;
  return { estimate, low: estimate - reach, high: estimate + reach, level, t, freedom: n - 1, pValue };
}
