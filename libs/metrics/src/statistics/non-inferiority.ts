import { MetricError } from '../metric-error.ts';
import { FEWEST_DRAWS } from './claim.ts';
import { DIFFERENCE_RANGE, freshDrawsTest } from './mean-test.ts';
import type { TestSetError } from './test-set-error.ts';

/** Result of a test of non-inferiority. */
export interface NonInferiority {
  /** Mean difference, ours less theirs; higher is better. */
  readonly estimate: number;
  /** One-sided 97.5 % lower bound. */
  readonly lowerBound: number;
  readonly margin: number;
  /** Whether the lower bound is above −margin, from at least five differences whose error is known. */
  readonly holds: boolean;
}

/** One point of accuracy. */
const ACCURACY_MARGIN = 0.01;

/**
 * Non-inferiority of paired differences of accuracies (ours less theirs, higher better) over independent draws: holds
 * where the one-sided 97.5 % lower bound of their mean (that of the 95 % interval of {@link freshDrawsTest}) is above
 * −margin. `test` is the error of the test set that the draws have in common; null where each has a test set of its own.
 * Throws MetricError for a negative margin or without differences.
 */
export function testNonInferiority(
  differences: readonly number[],
  test: TestSetError | null,
  margin = ACCURACY_MARGIN,
): NonInferiority {
  if (!(margin >= 0)) throw new MetricError('margin', `margin: ${margin} is not at least 0`);
  if (differences.length === 0) {
    throw new MetricError('differences', 'testNonInferiority: 0 differences; give at least 1');
  }
  const { estimate, low, level } = freshDrawsTest(differences, test, { range: DIFFERENCE_RANGE });
  const isKnown = level > 0 && differences.length >= FEWEST_DRAWS;
  return { estimate, lowerBound: isKnown ? low : -1, margin, holds: isKnown && low > -margin };
}
