import type { ConstraintReadings, Multipliers } from './constraints.ts';
import type { Measurement } from './measurement.ts';
import type { PaperTerms, TermStatistics } from './paper-terms.ts';
import type { Utility } from './utility.ts';

/** Inputs of a reward in addition to the measurement, fixed when the episode was proposed. */
export interface RewardVersion {
  readonly multipliers: Multipliers;
  readonly statistics: TermStatistics;
}

/** All inputs of a form. */
interface RewardInput extends RewardVersion {
  readonly measurement: Measurement;
  readonly utility: Utility;
  /** Null if nothing was added. */
  readonly readings: ConstraintReadings | null;
  readonly terms: PaperTerms;
  /** w1 … w4 of the study. */
  readonly weights: readonly number[];
}

/** A form of the reward: a row of `reward-table.ts`, in a file of its own. */
export interface RewardForm {
  /** One-line description. */
  readonly description: string;
  /** Whether it uses the study's weights w1 … w4. */
  readonly weighted: boolean;
  /** Warning in the result of every study with this form. */
  readonly warning?: string;
  reward(input: RewardInput): number;
}
