import { clip } from '../maths/statistics.ts';
import {
  CONSTRAINTS,
  type ConstraintName,
  type ConstraintReading,
  type ConstraintReadings,
  type Multipliers,
  violation,
} from './constraints.ts';
import type { RewardForm } from './reward-form.ts';
import type { Utility } from './utility.ts';

/** The row of {@link constrainedReward}. */
export const constrained: RewardForm = {
  description: 'Utility in its standard errors, less λ times what each constraint is broken by.',
  weighted: false,
  reward: ({ utility, readings, multipliers }) => constrainedReward(utility, readings, multipliers).reward,
};

/** Smallest σ_U. */
const LEAST_UTILITY_ERROR = 0.02;

/** One constraint's contribution to a reward. */
export interface ConstraintTerm extends ConstraintReading {
  readonly name: ConstraintName;
  readonly multiplier: number;
  /** λ_k · violation, at most 0. */
  readonly contribution: number;
}

/** A reward and its terms. */
export interface Reward {
  readonly reward: number;
  readonly constraints: readonly ConstraintTerm[];
}

/**
 * The default reward, R = clip(U/σ_U, ±3) + Σ_k λ_k·clip(min(0, (u_k − τ_k)/σ_k), −3, 0), with σ_U = max(U's standard
 * error, .02). Readings are null if nothing was added: then R is 0, because U is.
 */
export function constrainedReward(
  utility: Utility,
  readings: ConstraintReadings | null,
  multipliers: Multipliers,
): Reward {
  const gain = clip(utility.value / Math.max(utility.standardError, LEAST_UTILITY_ERROR), -3, 3);
  const constraints = readings === null ? [] : constraintTerms(readings, multipliers);
  return { reward: constraints.reduce((sum, term) => sum + term.contribution, gain), constraints };
}

/** Each constraint's contribution, in the order of {@link CONSTRAINTS}. */
export function constraintTerms(readings: ConstraintReadings, multipliers: Multipliers): ConstraintTerm[] {
  return CONSTRAINTS.map((name) => {
    const multiplier = multipliers[name];
    // "+ 0" turns the −0 of a satisfied constraint into 0, because JSON and equality distinguish them.
    return { name, ...readings[name], multiplier, contribution: multiplier * violation(readings[name]) + 0 };
  });
}
