import type { Claim } from '@qloom/metrics/statistics/claim.ts';
import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import type { CellState } from '../compared-cells.ts';

/** Role of an arm, as in `ArmKind`. */
export type ArmRole = 'real-only' | 'baseline' | 'qloom' | 'portfolio' | 'oracle' | 'classical';

/** A difference of two arms over paired draws. Positive: the first is better. */
export interface ComparedPair {
  /** In [−1, 1]; level 0 where its error is not known. */
  readonly difference: Interval;
  /** Two-sided, of this pair alone. */
  readonly pValue: number;
  /** After Holm's correction over all claims of the compare. */
  readonly pValueHolm: number;
  readonly claim: Claim;
}

/** Losses along a training. */
export interface CompareCurve {
  readonly name: string;
  /** Share of the training that was done at each value, in (0, 1]. */
  readonly progress: readonly number[];
  readonly values: readonly number[];
}

/** One arm of a cell. */
export interface ArmOfCell {
  readonly name: string;
  readonly label: string;
  readonly role: ArmRole;
  readonly draws: number;
  /** Mean of the headline's score. */
  readonly score: Interval;
  readonly accuracy?: Interval;
  readonly balancedAccuracy?: Interval;
  readonly auc?: Interval;
  readonly logLoss?: Interval;
  /** Gain of the headline's score over real data only; absent for real data only. */
  readonly gain?: ComparedPair;
  /** Gain of each draw that both have. */
  readonly gains: readonly number[];
  /** Share of the gap between real data only and the oracle; absent without an oracle, and where the reason says so. */
  readonly gapClosed?: Interval;
  /** Why there is no share of the gap. */
  readonly noGap?: string;
  /** Mean wall-clock time of a draw. Unit: seconds. */
  readonly seconds: number;
  /** Configuration of its synthesis, as text; empty where it has none. */
  readonly configuration: string;
  readonly curves: readonly CompareCurve[];
}

/** What Qloom chose in a cell. */
export interface ChoiceOfCell {
  /** Draws on which it added its points. */
  readonly added: number;
  readonly draws: number;
  /** Synthetic points for each label, where they were added; undefined where none were. */
  readonly ratio?: number;
  /** The configuration, as text. */
  readonly configuration: string;
  /** Where the configuration comes from. */
  readonly origin: 'default' | 'search' | 'none';
  /** Episodes of the search; 0: no search. */
  readonly episodes: number;
  /** Whether adding was decided on each draw, so that intervals cover the decision. */
  readonly isPerDraw: boolean;
}

/** A study with a result, compared. */
export interface FinishedCell {
  /** Score by which arms are compared. */
  readonly score: 'accuracy' | 'balanced accuracy';
  /** Draws of labels: fresh ones of a task, or repeated splits of one file. */
  readonly drawsAre: 'fresh' | 'splits';
  readonly draws: number;
  readonly labelsUsed: number;
  readonly testCount: number;
  /** True samples that the oracle adds for each label; absent where there is no oracle, and in results that do not say. */
  readonly oracleRatio?: number;
  /** Real data only first, the oracle and classical classifiers last. */
  readonly arms: readonly ArmOfCell[];
  /** Name of the baseline with the highest mean score; absent where there is none. */
  readonly bestBaseline?: string;
  /** Qloom against the baseline that it is least above. */
  readonly aboveBaselines?: ComparedPair & { readonly baseline: string };
  /** Whether Qloom is not worse than real data only by one point; absent without Qloom's arm. */
  readonly notWorse?: {
    readonly estimate: number;
    readonly lowerBound: number;
    readonly margin: number;
    readonly holds: boolean;
  };
  readonly choice: ChoiceOfCell;
  readonly verdict: string;
  readonly warnings: readonly string[];
  /** From the creation of its study to its end. Unit: seconds; 0 where unknown. */
  readonly seconds: number;
}

/** A cell of the compare. */
export interface CellResult {
  readonly name: string;
  readonly group: string;
  readonly labels?: number;
  readonly seed: number;
  /** Id of its study. */
  readonly study: string;
  readonly state: CellState;
  /** Why it failed. */
  readonly message?: string;
  /** Present where `state` is `finished`. */
  readonly finished?: FinishedCell;
}

/** Regression of an outcome on hyperparameters. */
export interface Regression {
  /** `utility`: episodes of one search against U on the reward folds. `gain`: studies against their mean gain on test data. */
  readonly outcome: 'utility' | 'gain';
  /** Cell of the search, or of all. */
  readonly of: string;
  readonly count: number;
  readonly rSquared: number;
  readonly rSquaredOfChance: number;
  readonly pValue: number;
  /** Standardized slopes of ranks, with the PED-ANOVA share; a choice has one for each of its values. */
  readonly effects: readonly (Interval & { readonly name: string; readonly pValue: number })[];
  /** Shares of PED-ANOVA by hyperparameter. */
  readonly importance: readonly { readonly name: string; readonly share: number }[];
  /** The sentence that it deserves. */
  readonly sentence: string;
}

/** Qloom's gain over all finished cells. */
export interface OverallGain {
  /** Cells × draws. */
  readonly draws: number;
  readonly cells: number;
  /** Interquartile mean of the gains over real data only, cells with equal numbers of draws alike. */
  readonly interquartileMean: Interval;
  /** Median likewise. */
  readonly median: Interval;
}

/** A performance profile: share of cells × draws with at least a gain. */
export interface Profile {
  readonly arm: string;
  readonly label: string;
  readonly role: ArmRole;
  readonly points: readonly { readonly threshold: number; readonly share: Interval }[];
}

/** The comparison of the cells of a compare: `compare.json`. All shares and differences in [−1, 1], not percent. */
export interface CompareResult {
  readonly format: 'qloom-comparison/1';
  readonly name: string;
  readonly seed: number;
  /** What it says in a few sentences, the most important first. */
  readonly headline: readonly string[];
  /** Number of claims that Holm's correction is over. */
  readonly claims: number;
  readonly cells: readonly CellResult[];
  readonly overall?: OverallGain;
  readonly profiles: readonly Profile[];
  readonly regressions: readonly Regression[];
  /** Why hyperparameters are not regressed on test gain, where they are not. */
  readonly noGainRegression?: string;
}
