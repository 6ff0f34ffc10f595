import { checkConfiguration } from '@qloom/study/hyperparameters/check-configuration.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { HYPERPARAMETERS, type Method } from './hyperparameter-table.ts';

/** Activations of the hidden layers. */
export type Activation = 'relu' | 'swish' | 'tanh';

/** The shape of the encoder and the decoder. */
export interface VaeSettings {
  readonly layers: number;
  readonly width: number;
  readonly latentDim: number;
  readonly activation: Activation;
  readonly architecture: 'plain' | 'residual';
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
}

/** Everything that the generator's hyperparameters say, checked and with defaults. */
export interface GeneratorSettings {
  readonly method: Method;
  readonly strength: number;
  readonly synthRatio: number;
  readonly vae: VaeSettings;
  readonly training: TrainingSettings;
  /** Hyperparameters of others, as they came: the critic checks them. */
  readonly forwarded: Configuration;
}

/** What the generator checks. */
const OWNED = { service: 'generator', hyperparameters: HYPERPARAMETERS, prefixes: ['vae.', 'rival.'] };

/**
 * Checks hyperparameters and fills in defaults. Names that the generator does not own are kept in `forwarded`.
 *
 * @throws InvalidHyperparameterError for a value out of range, or an unknown name under vae. or rival.
 */
export function generatorSettings(given: Configuration): GeneratorSettings {
  const { own, others } = checkConfiguration(OWNED, given);
  const number = (name: string) => Number(own.get(name));
  return {
    method: own.get('method') as Method,
    strength: number('rival.strength'),
    synthRatio: number('synthRatio'),
    vae: {
      layers: number('vae.layers'),
      width: number('vae.width'),
      latentDim: number('vae.latentDim'),
      activation: own.get('vae.activation') as Activation,
      architecture: own.get('vae.architecture') as 'plain' | 'residual',
    },
    training: {
      steps: number('gan.steps'),
      batchSize: number('gan.batchSize'),
      learningRate: number('gan.lrG'),
      beta: number('vae.beta'),
      lambdaRec: number('vae.lambdaRec'),
      lambdaDiv: number('gan.lambdaDiv'),
      lambdaMom: number('gan.lambdaMom'),
    },
    forwarded: others,
  };
}
