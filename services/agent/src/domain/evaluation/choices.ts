import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Selection } from './incumbents.ts';

/** What has been chosen before the comparison begins. */
export interface Choices {
  readonly selection: Selection;
  /** Settings of each baseline, as tuned; null where none could be fitted. */
  readonly baselines: ReadonlyMap<string, Configuration | null>;
}
