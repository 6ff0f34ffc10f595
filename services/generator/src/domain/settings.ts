import { echoed } from '@qloom/tensor/quoted.ts';
import { InvalidHyperparameterError } from './errors.ts';
import { HYPERPARAMETERS, type Method } from './hyperparameter-table.ts';
import { checkedValue, type Hyperparameters, type HyperparameterValue } from './hyperparameters.ts';

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
  readonly forwarded: Hyperparameters;
}

/** Prefixes that are the generator's alone: an unknown name below them is a mistake, not someone else's. */
const OWN_PREFIXES = ['vae.', 'rival.'];

/**
 * Checks hyperparameters and fills in defaults. Names that the generator does not own are kept in `forwarded`.
 *
 * @throws InvalidHyperparameterError for a value out of range, or an unknown name under vae. or rival.
 */
export function generatorSettings(given: Hyperparameters): GeneratorSettings {
  const own = new Map(
    HYPERPARAMETERS.map((parameter) => [parameter.name, checkedValue(parameter, given[parameter.name])]),
  );
  const forwarded: Record<string, HyperparameterValue> = {};
  for (const [name, value] of Object.entries(given)) {
    if (own.has(name)) continue;
    if (OWN_PREFIXES.some((prefix) => name.startsWith(prefix))) {
      const known = HYPERPARAMETERS.map((parameter) => parameter.name).join(', ');
      throw new InvalidHyperparameterError(`${echoed(name)}: no such hyperparameter; the generator knows ${known}`);
    }
    forwarded[name] = value;
  }
  const number = (name: string) => own.get(name) as number;
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
    forwarded,
  };
}
