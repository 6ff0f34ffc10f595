import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Selection } from './incumbents.ts';

/** The choices that are made before the comparison. */
export interface Choices {
  readonly selection: Selection;
  /** Settings of each baseline, as tuned; null where none could be fitted. */
  readonly baselines: ReadonlyMap<string, Configuration | null>;
}
