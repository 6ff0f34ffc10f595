import { clip, mean } from '../maths/statistics.ts';

/** The constraints, in the order in which events list them. */
export const CONSTRAINTS = ['diversity', 'fidelity', 'imbalance', 'memorization'] as const;

/** Name of a constraint. */
export type ConstraintName = (typeof CONSTRAINTS)[number];

/** A constraint as the auditor measured it, against its real-against-real null at equal n. */
export interface ConstraintReading {
  /** u_k; higher is better. */
  readonly value: number;
  /** τ_k, the 5th percentile of the null. */
  readonly tau: number;
  /** σ_k = max(1.4826·MAD of the null, {@link LEAST_SIGMA}). */
  readonly sigma: number;
}

/** The auditor's readings for an episode, or null if nothing was added: then no constraint can be violated. */
export type ConstraintReadings = Readonly<Record<ConstraintName, ConstraintReading>>;

/** Multipliers λ_k. */
export type Multipliers = Readonly<Record<ConstraintName, number>>;

/** Smallest scale of a null. */
export const LEAST_SIGMA = 0.02;

/** λ before the first batch. */
export const INITIAL_MULTIPLIERS: Multipliers = { diversity: 1, fidelity: 1, imbalance: 1, memorization: 1 };

/** One reading from the readings of an episode's folds: means, σ floored again. */
export function poolReadings(folds: readonly ConstraintReadings[]): ConstraintReadings {
  return mapConstraints((name) => ({
    value: mean(folds.map((fold) => fold[name].value)),
    tau: mean(folds.map((fold) => fold[name].tau)),
    sigma: Math.max(LEAST_SIGMA, mean(folds.map((fold) => fold[name].sigma))),
  }));
}

/** Violation of a constraint: clip(min(0, (u − τ)/σ), −3, 0). */
export function violation({ value, tau, sigma }: ConstraintReading): number {
  return clip((value - tau) / Math.max(sigma, LEAST_SIGMA), -3, 0);
}

/**
 * λ after a batch: λ_k ← clip(λ_k + .1·clip((τ_k − ū_k)/σ_k, −3, 3), 0, 5), with means over the batch's episodes that
 * added points. A batch without any does not change λ. The policy observes λ and cannot set it.
 */
export function updateMultipliers(multipliers: Multipliers, batch: readonly ConstraintReadings[]): Multipliers {
  if (batch.length === 0) return multipliers;
  const readings = poolReadings(batch);
  return mapConstraints((name) => {
    const { value, tau, sigma } = readings[name];
    return clip(multipliers[name] + 0.1 * clip((tau - value) / sigma, -3, 3), 0, 5);
  });
}

/** The weights that the reward implies, (1, λ) / (1 + Σλ): utility first, then {@link CONSTRAINTS}. They sum to 1. */
export function rewardWeights(multipliers: Multipliers): number[] {
  const all = [1, ...CONSTRAINTS.map((name) => multipliers[name])];
  const total = all.reduce((sum, weight) => sum + weight, 0);
  return all.map((weight) => weight / total);
}

/** A record with an entry for each constraint. */
export function mapConstraints<T>(make: (name: ConstraintName) => T): Record<ConstraintName, T> {
  return {
    diversity: make('diversity'),
    fidelity: make('fidelity'),
    imbalance: make('imbalance'),
    memorization: make('memorization'),
  };
}
