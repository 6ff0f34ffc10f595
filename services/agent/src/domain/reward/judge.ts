import type { Random } from '@qloom/random/random.ts';
import { mean } from '../maths/statistics.ts';
import type { Observation } from '../policy/policy.ts';
import { type ConstraintTerm, constraintTerms } from './constrained.ts';
import { type ConstraintReadings, type Multipliers, poolReadings, rewardWeights } from './constraints.ts';
import { armScores, type Measurement, type NamedValues } from './measurement.ts';
import type { PaperTerms } from './paper-terms.ts';
import type { RewardVersion } from './reward-form.ts';
import { REWARD_FORMS, type RewardFormName } from './reward-table.ts';
import { type Utility, utilityOf } from './utility.ts';

/** Settings of a study's reward. */
export interface RewardSettings {
  readonly form: RewardFormName;
  /** w1 … w4 of the forms that are weighted. */
  readonly weights: readonly number[];
}

/** The reward of an episode with its parts. */
export interface Judgement {
  readonly reward: number;
  readonly utility: Utility;
  readonly accuracyRealOnly: number;
  readonly accuracyAugmented: number;
  /** Empty if nothing was added. */
  readonly constraints: readonly ConstraintTerm[];
}

/**
 * Judges an episode. The random source resamples held-out points; the same source gives the same result. Throws
 * `IncompleteReportError` or `UnusableLossesError`.
 */
export function judge(
  measurement: Measurement,
  settings: RewardSettings,
  version: RewardVersion,
  random: Random,
): Judgement {
  const scores = armScores(measurement.utility);
  const utility = utilityOf(scores.folds, random);
  const readings = readingsOf(measurement);
  const terms = paperTerms(measurement);
  const { form, weights } = settings;
  return {
    reward: REWARD_FORMS[form].reward({ ...version, measurement, utility, readings, terms, weights }),
    utility,
    accuracyRealOnly: scores.accuracyRealOnly,
    accuracyAugmented: scores.accuracyAugmented,
    constraints: readings === null ? [] : constraintTerms(readings, version.multipliers),
  };
}

/** The constraints over all folds; null if nothing was added. */
export function readingsOf({ fidelity }: Measurement): ConstraintReadings | null {
  const readings = fidelity.flatMap((fold) => (fold.readings === null ? [] : [fold.readings]));
  return readings.length === 0 ? null : poolReadings(readings);
}

/** The four terms of the printed reward; those of the auditor are 0 if nothing was added. */
export function paperTerms(measurement: Measurement): PaperTerms {
  const { folds } = armScores(measurement.utility);
  const losses = folds.flatMap((fold) => [...fold.augmented]);
  const metrics = meanMetrics(measurement);
  const readings = readingsOf(measurement);
  return {
    qnn: mean(losses),
    diversity: -(metrics['entropy.synthetic'] ?? 0),
    imbalance: -(readings?.imbalance.value ?? 0),
    gan: (metrics['auditor.log_real'] ?? 0) + (metrics['auditor.log_fake'] ?? 0),
  };
}

/** The policy's observation of the episode, in addition to its reward. */
export function observe(measurement: Measurement, multipliers: Multipliers): Observation {
  const { folds, accuracyAugmented } = armScores(measurement.utility);
  const metrics = meanMetrics(measurement);
  const readings = readingsOf(measurement);
  return {
    generatorLoss: firstOf(measurement.fit, GENERATOR_LOSSES),
    discriminatorLoss: firstOf(measurement.fit, CRITIC_LOSSES),
    qnnLoss: mean(folds.flatMap((fold) => [...fold.augmented])),
    qnnAccuracy: accuracyAugmented,
    diversity: (metrics['entropy.synthetic'] ?? 0) - (metrics['entropy.real'] ?? 0),
    classImbalance: metrics['imbalance.classes'] ?? -(readings?.imbalance.value ?? 0),
    groupImbalance: metrics['imbalance.groups'] ?? 0,
    weights: rewardWeights(multipliers),
  };
}

/** Metrics of the auditor, averaged over the folds that have them. */
function meanMetrics({ fidelity }: Pick<Measurement, 'fidelity'>): NamedValues {
  const collected = new Map<string, number[]>();
  for (const { metrics } of fidelity) {
    for (const [name, value] of Object.entries(metrics)) {
      const values = collected.get(name);
      if (values === undefined) collected.set(name, [value]);
      else values.push(value);
    }
  }
  return Object.fromEntries([...collected].map(([name, values]) => [name, mean(values)]));
}

/** Names of the generator's adversarial loss and of the critic's loss in fits; the first that is present is used. */
const GENERATOR_LOSSES = ['generator.loss', 'generator.adversarial', 'critic.adversarial', 'reconstruction'];
const CRITIC_LOSSES = ['critic.loss', 'critic.critic.loss', 'discriminator.loss'];

/** The value of the first of `names` that is present, else 0: a baseline has no such losses. */
function firstOf(values: NamedValues, names: readonly string[]): number {
  const value = values[names.find((name) => name in values) ?? ''] ?? 0;
  return Number.isFinite(value) ? value : 0;
}
