import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { AlternativeScore } from '../choice/alternative.ts';
import type { PairedScores } from '../choice/paired-scores.ts';
import type { PriorDimension } from '../choice/prior-dimension.ts';
import type { MethodChoice } from '../selection/portfolio.ts';
import type { Selection } from '../selection/select.ts';

/** Whether Qloom's points are added to one set of labels. */
export interface Decision {
  readonly adds: boolean;
  /** The scores behind it; null if the rule needs none, or they could not be measured. */
  readonly scores: PairedScores | null;
  /** The dimension of the labels beside that of the prior; null where there are no scores, or it could not be measured. */
  readonly dimension: PriorDimension | null;
}

/** To which labels points are added. */
export interface Decisions<D extends Decision = Decision> {
  /** The decision for each replicate; null until it is known. Shape [replicates]. */
  readonly replicates: readonly (D | null)[];
  /** The decision for the study's own labels; null until it is known. */
  readonly own: D | null;
}

/** Which points arm `portfolio` adds to one set of labels. */
export interface PortfolioDecision extends Decision {
  /** The arm whose points are added; null where none are. */
  readonly arm: string | null;
  /** The QNN with the points of the alternative; null where they are not considered. */
  readonly alternative: AlternativeScore | null;
}

/** The method of the arm `portfolio`, and to which labels its points, or those of the alternative, are added. */
export interface Portfolio extends Decisions<PortfolioDecision> {
  readonly method: MethodChoice;
}

/** The choices that are made before the comparison. The decisions are those of arm `qloom`. */
export interface Choices extends Decisions {
  readonly selection: Selection;
  /** Settings of each baseline, as tuned; null where none could be fitted. */
  readonly baselines: ReadonlyMap<string, Configuration | null>;
  /** Null in a study without that arm. */
  readonly portfolio: Portfolio | null;
}
