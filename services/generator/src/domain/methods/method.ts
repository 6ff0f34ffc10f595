import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import type { DataNeed } from '@qloom/study/synthesis/offered-method.ts';
import type { FitOptions } from '../fit-options.ts';
import type { Learned, Model } from '../model.ts';
import type { SampleOptions, Tally } from '../sampling/sample-options.ts';

/** The outcome of fitting a method. */
export interface Fitted {
  /** What the model contains besides the training points; absent if sampling needs only those. */
  readonly learned?: Learned;
  readonly steps: number;
  /** Step whose averaged parameters were selected. */
  readonly selectedStep: number;
  readonly resumedFromStep: number;
  /** Last losses by name, and, if a checkpoint was selected, `held_out.score` of its step. */
  readonly values: Readonly<Record<string, number>>;
}

/** A way to synthesize points: a row of `method-table.ts`, in a file of its own. */
export interface GeneratorMethod {
  /** One-line description. */
  readonly description: string;
  /** Whether studies may name it as a baseline, a method that Qloom's generator is compared with. */
  readonly baseline: boolean;
  /** What it needs besides labelled points. */
  readonly needs: readonly DataNeed[];
  /** Whether its points are drawn from a smooth density of each class, fitted to labelled points. */
  readonly classDensity: boolean;
  /** Value of `synthRatio` from which to start; absent: any. */
  readonly ratio?: number;
  /** Whether it is fitted against a critic. */
  readonly critic: boolean;
  /** Whether a fit continues from `options.initialModel`. */
  readonly continues: boolean;
  /** Whether `rival.strength` has an effect on its samples. */
  readonly strength: boolean;
  /** Its hyperparameters, in the order in which they are advertised. They are active if `method` is this method. */
  readonly hyperparameters: readonly Unconditional[];
  /**
   * Fits to `options.data`, which has been checked. Throws InvalidTrainingDataError if the data does not suit the
   * method.
   */
  fit(options: FitOptions): Promise<Fitted>;
  /**
   * Draws `options.counts` points, class by class, in chunks, and counts them in `tally`. The same seed gives the same
   * points.
   */
  sample(model: Model, options: SampleOptions, tally: Tally): AsyncIterable<Points>;
}

/** A hyperparameter whose condition follows from the methods that list it. */
export type Unconditional = Hyperparameter & { readonly condition?: never };

/** The outcome of a method without training: its model consists of the training points. */
export const NOTHING_LEARNED: Fitted = { steps: 0, selectedStep: 0, resumedFromStep: 0, values: {} };
