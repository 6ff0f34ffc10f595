import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';

/** How a generator is trained: once, or with one configuration after the other, each fit continuing from the model before. */
export interface Recipe {
  /** The configuration of the last fit, and of the sampling. */
  readonly hyperparameters: Configuration;
  /** The fits before it, the first one first: episodes of the search, and their configurations. Absent: none. */
  readonly earlier?: readonly EarlierFit[];
}

/** An episode whose model the next fit of a {@link Recipe} continues. */
export interface EarlierFit {
  readonly episode: number;
  readonly hyperparameters: Configuration;
}
