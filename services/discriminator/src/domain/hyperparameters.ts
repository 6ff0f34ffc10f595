import { echoed, quoted } from '@qloom/tensor/quoted.ts';
import { InvalidSettingError } from './errors.ts';

/** A value of a hyperparameter. */
export type HyperparameterValue = number | string;

/** When a hyperparameter matters: while another one has one of these values. */
export interface Condition {
  readonly name: string;
  readonly values: readonly HyperparameterValue[];
}

interface Described {
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  readonly condition?: Condition;
}

/** One of a list of words or numbers. */
export interface ChoiceHyperparameter extends Described {
  readonly kind: 'choice';
  readonly choices: readonly HyperparameterValue[];
  readonly default: HyperparameterValue;
}

/** A real number in [minimum, maximum]. */
export interface RealHyperparameter extends Described {
  readonly kind: 'real';
  readonly minimum: number;
  readonly maximum: number;
  readonly scale: 'linear' | 'log';
  readonly default: number;
}

/** A row of the table: what is checked is what is advertised. */
export type Hyperparameter = ChoiceHyperparameter | RealHyperparameter;

const convolutional: Condition = { name: 'disc.arch', values: ['conv', 'conv-residual'] };

/** Everything about the critic that can be tuned, in a stable order (learning.md's search space). */
export const HYPERPARAMETERS: readonly Hyperparameter[] = [
  {
    name: 'disc.arch',
    description: 'The critic: convolutions over the features, with residual connections, or a multilayer perceptron.',
    kind: 'choice',
    choices: ['conv', 'conv-residual', 'mlp'],
    default: 'conv',
  },
  {
    name: 'disc.convLayers',
    description: 'Convolutions, one after the other.',
    kind: 'choice',
    choices: [1, 2, 3],
    default: 2,
    condition: convolutional,
  },
  {
    name: 'disc.kernel',
    description: 'Features that one filter sees at a time.',
    kind: 'choice',
    choices: [3, 5],
    default: 3,
    condition: convolutional,
  },
  {
    name: 'disc.filters',
    description: 'Filters of the first convolution; a multilayer perceptron has four units for each.',
    kind: 'choice',
    choices: [8, 16, 32],
    default: 16,
  },
  {
    name: 'gan.loss',
    description:
      'Adversarial loss: non-saturating with R1, hinge with spectral norm, or Wasserstein with gradient penalty.',
    kind: 'choice',
    choices: ['ns+R1', 'hinge+SN', 'wgan-gp'],
    default: 'ns+R1',
  },
  {
    name: 'gan.lrD',
    description: "Learning rate of the critic's Adam.",
    kind: 'real',
    minimum: 1e-4,
    maximum: 4e-3,
    scale: 'log',
    default: 2e-3,
  },
  {
    name: 'gan.dSteps',
    description: 'Updates of the critic for each step of the generator.',
    kind: 'choice',
    choices: [1, 2, 3],
    default: 1,
  },
  {
    name: 'gan.r1Gamma',
    description: 'Weight of the gradient penalty at real points.',
    kind: 'real',
    minimum: 0.01,
    maximum: 10,
    scale: 'log',
    default: 1,
    condition: { name: 'gan.loss', values: ['ns+R1'] },
  },
];

function checkedChoice(parameter: ChoiceHyperparameter, given: HyperparameterValue): HyperparameterValue {
  // On the wire every choice is a word: "16" is 16.
  const match = parameter.choices.find((choice) => String(choice) === String(given));
  if (match !== undefined) return match;
  throw new InvalidSettingError(`${parameter.name}: ${quoted(given)} is not one of ${parameter.choices.join(', ')}`);
}

function checkedReal({ name, minimum, maximum }: RealHyperparameter, given: HyperparameterValue): number {
  if (typeof given !== 'number' || !Number.isFinite(given)) {
    throw new InvalidSettingError(`${name}: ${quoted(given)} is not a number in [${minimum}, ${maximum}]`);
  }
  if (given > maximum) throw new InvalidSettingError(`${name}: ${given} is above the maximum ${maximum}`);
  if (given < minimum) throw new InvalidSettingError(`${name}: ${given} is below the minimum ${minimum}`);
  return given;
}

/**
 * All of the table's values: those given, checked, and defaults for the rest. Names that the table does not have are other
 * services' and are ignored, but for an unknown one under `disc.`, which is nobody else's.
 *
 * Throws {@link InvalidSettingError} naming the hyperparameter, its value and what would be right.
 */
export function checkedHyperparameters(
  given: Readonly<Record<string, HyperparameterValue>>,
): ReadonlyMap<string, HyperparameterValue> {
  for (const name of Object.keys(given)) {
    if (name.startsWith('disc.') && !HYPERPARAMETERS.some((parameter) => parameter.name === name)) {
      const known = HYPERPARAMETERS.map((parameter) => parameter.name).join(', ');
      throw new InvalidSettingError(`${echoed(name)}: no such hyperparameter; the discriminator offers ${known}`);
    }
  }
  return new Map(
    HYPERPARAMETERS.map((parameter) => {
      const value = given[parameter.name];
      if (value === undefined) return [parameter.name, parameter.default];
      return [
        parameter.name,
        parameter.kind === 'choice' ? checkedChoice(parameter, value) : checkedReal(parameter, value),
      ];
    }),
  );
}
