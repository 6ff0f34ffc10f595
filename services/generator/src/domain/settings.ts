import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';

/** Activations of the hidden layers. */
export type Activation = 'relu' | 'swish' | 'tanh';

/**
 * How the networks are built. `residual` adds each hidden layer of equal width to its input; `prior-residual` adds the decoder's
 * output, zero at first, to a base point: a draw of the prior.
 */
export type Architecture = 'plain' | 'residual' | 'prior-residual';

/** The shape of the encoder and the decoder. */
export interface VaeSettings {
  readonly layers: number;
  readonly width: number;
  readonly latentDim: number;
  readonly activation: Activation;
  readonly architecture: Architecture;
}

/** How the network is trained. */
export interface TrainingSettings {
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly beta: number;
  readonly lambdaRec: number;
  readonly lambdaDiv: number;
  readonly lambdaMom: number;
  /** N₀: with N training points the mean square of a prior-residual decoder's residual has the weight N₀/N. */
  readonly priorLabels: number;
}

/** The generator's settings: its hyperparameters, checked and with defaults. */
export interface GeneratorSettings {
  /** Name of a row of `methods/method-table.ts`. */
  readonly method: string;
  /** `rival.strength`. */
  readonly strength: number;
  readonly synthRatio: number;
  readonly vae: VaeSettings;
  readonly training: TrainingSettings;
  /** The hyperparameters that the method lists, by name. */
  readonly own: Configuration;
  /** Hyperparameters of other services, unchanged: the critic checks them. */
  readonly forwarded: Configuration;
}
