import { checkConfiguration } from '@qloom/study/hyperparameters/check-configuration.ts';
import type { Configuration, HyperparameterValue } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { HYPERPARAMETERS } from './hyperparameter-table.ts';
import { METHODS, type MethodName } from './methods/method-table.ts';
import type { Activation, Architecture, GeneratorSettings } from './settings.ts';

/** The hyperparameters that the generator checks. */
const OWNED = {
  service: 'generator',
  hyperparameters: HYPERPARAMETERS,
  prefixes: ['vae.', 'prior.', 'source.', 'gate.', 'rival.'],
};

/**
 * Checks hyperparameters and fills in defaults. Names that the generator does not own are kept in `forwarded`.
 *
 * @throws InvalidHyperparameterError for a value out of range, or an unknown name under vae., prior., source., gate. or rival.
 */
export function generatorSettings(given: Configuration): GeneratorSettings {
  const { own, others } = checkConfiguration(OWNED, given);
  const number = (name: string) => Number(own.get(name));
  const method = own.get('method') as MethodName;
  const listed = METHODS[method].hyperparameters.map(({ name }) => [name, own.get(name) as HyperparameterValue]);
  return {
    method,
    strength: number('rival.strength'),
    synthRatio: number('synthRatio'),
    vae: {
      layers: number('vae.layers'),
      width: number('vae.width'),
      latentDim: number('vae.latentDim'),
      activation: own.get('vae.activation') as Activation,
      architecture: own.get('vae.architecture') as Architecture,
    },
    training: {
      steps: number('gan.steps'),
      batchSize: number('gan.batchSize'),
      learningRate: number('gan.lrG'),
      beta: number('vae.beta'),
      lambdaRec: number('vae.lambdaRec'),
      lambdaDiv: number('gan.lambdaDiv'),
      lambdaMom: number('gan.lambdaMom'),
      priorLabels: number('prior.labels'),
    },
    own: Object.fromEntries(listed),
    forwarded: others,
  };
}
