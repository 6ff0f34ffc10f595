import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { GeneratorMethod } from './methods/method.ts';
import { METHOD_NAMES, METHODS, type MethodName } from './methods/method-table.ts';

const METHOD: Hyperparameter = {
  name: 'method',
  kind: 'categorical',
  choices: METHOD_NAMES,
  fixedByModel: true,
  default: METHOD_NAMES[0],
  description: 'How synthetic points are made: the VAE-GAN, the CVAE alone, or a classical baseline.',
};

const STRENGTH: Hyperparameter = {
  name: 'rival.strength',
  kind: 'float',
  min: 0.1,
  max: 10,
  scale: 'log',
  default: 1,
  condition: whereMethod(({ strength }) => strength),
  description:
    'How far a baseline departs from the training points, relative to its default strength; limited to its range.',
};

const SYNTH_RATIO: Hyperparameter = {
  name: 'synthRatio',
  kind: 'float',
  min: 0.25,
  max: 8,
  scale: 'log',
  zeroAllowed: true,
  default: 1,
  description: 'Synthetic points for each real one; 0 adds none. Read by the clients that sample.',
};

/**
 * Every hyperparameter that the generator owns: requests are checked against this table and GetCapabilities advertises
 * it. The critic's own (disc.*, gan.loss, gan.lrD, gan.dSteps, gan.r1Gamma) are in the discriminator's table.
 */
export const HYPERPARAMETERS: readonly Hyperparameter[] = [METHOD, STRENGTH, ...methodHyperparameters(), SYNTH_RATIO];

/** The hyperparameters that methods list, each once and active for the methods that list it. */
function methodHyperparameters(): Hyperparameter[] {
  const listed = METHOD_NAMES.flatMap((name) => METHODS[name].hyperparameters);
  const distinct = new Map(listed.map((hyperparameter) => [hyperparameter.name, hyperparameter]));
  return [...distinct.values()].map((hyperparameter) => ({
    ...hyperparameter,
    condition: whereMethod(({ hyperparameters }) => hyperparameters.some(({ name }) => name === hyperparameter.name)),
  }));
}

function whereMethod(holds: (method: GeneratorMethod) => boolean) {
  return { parameter: 'method', values: METHOD_NAMES.filter((name: MethodName) => holds(METHODS[name])) };
}
