import { MetricError } from '../metric-error.ts';
import { distinctVarianceOf, meanOf } from './interval.ts';
import { DIFFERENCE_RANGE, type MeanOptions, type MeanTest, studentTest } from './mean-test.ts';
import { leastPairedTestSetError } from './test-set-error.ts';

/** Rows of each split. */
export interface SplitRows {
  readonly trainingRows: number;
  readonly testRows: number;
}

/**
 * Corrected resampled t-test (Nadeau and Bengio, "Inference for the generalization error", 2003) for differences of accuracies
 * over repeated splits of one file, which share rows: the variance is s²·(1/n + testRows/trainingRows). Claims hold for that
 * file only.
 *
 * An accuracy on testRows rows is a count. s² is therefore at least the uncertainty that those rows leave of a single
 * difference: `leastVariance`, by default the mean of {@link leastPairedTestSetError}; equal differences are no proof.
 * The interval stays within [−1, 1]. With fewer than five differences the p-value is 1, and a single one has no
 * interval (level 0). Throws MetricError without differences, or with a split without rows.
 */
export function correctedResampledTest(
  differences: readonly number[],
  split: SplitRows,
  level = 0.95,
  leastVariance?: number,
): MeanTest {
  requireRows(split);
  const least =
    leastVariance ??
    meanOf(differences.map((difference) => leastPairedTestSetError(difference, split.testRows).variance));
  return resampledMeanTest(differences, split, least, { level, range: DIFFERENCE_RANGE });
}

/**
 * The same for the mean of any values over repeated splits, with a variance of one value at least, and a range. Where
 * values are equal and the least variance is 0, the error is not known: p is 1, and the interval is the estimate with
 * level 0.
 */
export function resampledMeanTest(
  values: readonly number[],
  split: SplitRows,
  leastVariance: number,
  { level = 0.95, range }: MeanOptions = {},
): MeanTest {
  requireRows(split);
  const n = values.length;
  if (n === 0) throw new MetricError('differences', 'correctedResampledTest: 0 differences; give at least 1');
  const estimate = meanOf(values);
  const variance =
    n < 2
      ? Number.NaN
      : (1 / n + split.testRows / split.trainingRows) * Math.max(distinctVarianceOf(values), leastVariance);
  return studentTest({ draws: n, estimate, centre: estimate, variance, freedom: n - 1, level, range });
}

function requireRows({ trainingRows, testRows }: SplitRows): void {
  if (trainingRows > 0 && testRows > 0) return;
  throw new MetricError('split', `split: ${trainingRows} training and ${testRows} test rows; give some of each`);
}
