import { FEWEST_DRAWS } from './claim.ts';
import { distinctVarianceOf, type Interval, meanOf } from './interval.ts';
import { studentCdf, studentQuantile } from './student-t.ts';
import type { TestSetError } from './test-set-error.ts';

/** An interval of a mean, and a test that the mean is 0. */
export interface MeanTest extends Interval {
  /** 0 where the error is not known. */
  readonly t: number;
  readonly freedom: number;
  /** Two-sided; 1 with fewer than {@link FEWEST_DRAWS} values, or where the error is not known. */
  readonly pValue: number;
}

/** Knowledge about the values besides themselves. */
export interface MeanOptions {
  /** Two-sided confidence. Default .95. */
  readonly level?: number;
  /** Range of the mean, which bounds the interval. Default: any number. */
  readonly range?: readonly [low: number, high: number];
}

/** Range of an accuracy. */
export const ACCURACY_RANGE = [0, 1] as const;

/** Range of a difference of two accuracies. */
export const DIFFERENCE_RANGE = [-1, 1] as const;

/**
 * Student's t interval and test of the mean of independent draws. Where all are measured on one test set, `test` is the
 * error that they have in common and that no number of draws averages out: the variance is s²/n plus its variance (as for
 * crossed random effects, Owen, "The pigeonhole bootstrap", 2007), with Satterthwaite's degrees of freedom. Where the
 * error is not known — one value, or equal values without a test set — the interval is the estimate with level 0.
 */
export function freshDrawsTest(
  values: readonly number[],
  test: TestSetError | null,
  { level = 0.95, range }: MeanOptions = {},
): MeanTest {
  const n = values.length;
  const estimate = meanOf(values);
  const ofDraws = n < 2 ? Number.NaN : distinctVarianceOf(values) / n;
  const variance = ofDraws + (test?.variance ?? 0);
  const spread = ofDraws ** 2 / (n - 1) + (test === null ? 0 : test.variance ** 2 / test.freedom);
  return studentTest({
    draws: n,
    estimate,
    centre: test?.centre ?? estimate,
    variance,
    freedom: variance ** 2 / spread,
    level,
    range,
  });
}

/** Interval and test from a centre, a variance and its degrees of freedom. */
export function studentTest(of: {
  readonly draws: number;
  readonly estimate: number;
  readonly centre: number;
  readonly variance: number;
  readonly freedom: number;
  readonly level: number;
  readonly range?: readonly [low: number, high: number];
}): MeanTest {
  const { draws, estimate, centre, variance, freedom, level } = of;
  const [least, most] = of.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (!(variance > 0)) return { estimate, low: estimate, high: estimate, level: 0, t: 0, freedom: 0, pValue: 1 };
  const error = Math.sqrt(variance);
  const reach = studentQuantile((1 + level) / 2, freedom) * error;
  const t = centre / error;
  return {
    estimate,
    low: Math.max(least, Math.min(estimate, centre - reach)),
    high: Math.min(most, Math.max(estimate, centre + reach)),
    level,
    t,
    freedom,
    pValue: draws < FEWEST_DRAWS ? 1 : 2 * studentCdf(-Math.abs(t), freedom),
  };
}
