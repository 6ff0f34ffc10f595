import type { Utility } from '../reward/utility.ts';
import type { PairedScores } from './paired-scores.ts';
import type { PriorDimension } from './prior-dimension.ts';

/** What is known when a rule decides. Nothing but the labels of one replicate, and the study's own, is behind it. */
interface Evidence {
  /** Utility of the selected configuration on the outer split of the study's own labels. */
  readonly utility: Utility;
  /** Classifier and QNN in cross-validation inside the replicate's labels; null if the rule asks for none, or it cannot be made. */
  readonly scores: PairedScores | null;
  /** The dimension of the replicate's labels, measured with the scores; null where it cannot be, and in logs from before it was. */
  readonly dimension: PriorDimension | null;
  /** Whether the points are drawn from a smooth density fitted to each class, as those of the prior are. Absent: taken for true. */
  readonly isClassDensity?: boolean;
}

/** Whether the points of the selected configuration are added to a replicate's labels: a row of `choice-table.ts`. */
export interface ChoiceRule {
  /** One sentence for the documentation. */
  readonly description: string;
  /** Whether {@link Evidence.scores} and the dimension are measured on every replicate. */
  readonly isCrossValidated: boolean;
  adds(evidence: Evidence): boolean;
  /**
   * Whether the labels lie where no density of a class has its points, so that those of another method may help; absent in a rule that
   * does not ask.
   */
  isBeside?(dimension: PriorDimension | null): boolean;
}
