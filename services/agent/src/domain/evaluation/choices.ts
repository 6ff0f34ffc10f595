import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { PairedScores } from '../choice/paired-scores.ts';
import type { Selection } from '../selection/select.ts';

/** Whether Qloom's points are added to one set of labels. */
export interface Decision {
  readonly adds: boolean;
  /** The scores behind it; null if the rule needs none, or they could not be measured. */
  readonly scores: PairedScores | null;
}

/** The choices that are made before the comparison. */
export interface Choices {
  readonly selection: Selection;
  /** Settings of each baseline, as tuned; null where none could be fitted. */
  readonly baselines: ReadonlyMap<string, Configuration | null>;
  /** The decision for each replicate; null until it is known. Shape [replicates]. */
  readonly replicates: readonly (Decision | null)[];
  /** The decision for the study's own labels; null until it is known. */
  readonly own: Decision | null;
}
