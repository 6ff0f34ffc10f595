import type { ConstraintReadings, Multipliers } from './constraints.ts';
import type { Measurement } from './measurement.ts';
import type { PaperTerms, TermStatistics } from './paper-terms.ts';
import type { Utility } from './utility.ts';

/** What a reward is a function of besides its measurement: fixed when the episode was proposed. */
export interface RewardVersion {
  readonly multipliers: Multipliers;
  readonly statistics: TermStatistics;
}

/** Everything that a form may use. */
interface RewardInput extends RewardVersion {
  readonly measurement: Measurement;
  readonly utility: Utility;
  /** Null where nothing was added. */
  readonly readings: ConstraintReadings | null;
  readonly terms: PaperTerms;
  /** w1 … w4 of the study. */
  readonly weights: readonly number[];
}

/** A form of the reward: a row of `reward-table.ts`, in a file of its own. */
export interface RewardForm {
  /** One line for people. */
  readonly description: string;
  /** Whether the study's weights w1 … w4 matter to it. */
  readonly weighted: boolean;
  /** What the result of every study with this form warns of. */
  readonly warning?: string;
  reward(input: RewardInput): number;
}
