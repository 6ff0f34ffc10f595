import { MetricError } from '../metric-error.ts';
import { type BootstrapOptions, bcaInterval } from './bca-interval.ts';
import { meanOf } from './interval.ts';

/** Whether something is not worse than something else. */
export interface NonInferiority {
  /** Mean difference, ours less theirs; higher is better. */
  readonly estimate: number;
  /** One-sided 97.5 % lower bound. */
  readonly lowerBound: number;
  readonly margin: number;
  /** Whether the lower bound is above −margin. */
  readonly holds: boolean;
}

/** One point of accuracy. */
export const ACCURACY_MARGIN = 0.01;

/**
 * Non-inferiority of paired differences (ours less theirs, higher better): holds where the one-sided 97.5 % lower bound
 * of their mean (that of the 95 % BCa interval) is above −margin. Throws MetricError for a negative margin or fewer than
 * two differences.
 */
export function testNonInferiority(
  differences: readonly number[],
  margin = ACCURACY_MARGIN,
  options: Pick<BootstrapOptions, 'seed' | 'resamples'> = {},
): NonInferiority {
  if (!(margin >= 0)) throw new MetricError('margin', `margin: ${margin} is not at least 0`);
  const { estimate, low } = bcaInterval(differences, meanOf, { ...options, level: 0.95 });
  return { estimate, lowerBound: low, margin, holds: low > -margin };
}
