import type { Random } from '@qloom/random/random.ts';
import type {
  Configuration,
  Hyperparameter,
  HyperparameterValue,
  NumericHyperparameter,
} from '@qloom/study/hyperparameters/hyperparameter.ts';
import { isActive, type Space } from '@qloom/study/space/space.ts';
import { numberAt, positionOf } from '@qloom/study/space/unit-cube.ts';

/**
 * A categorical head: one logit per option. A parameter that also allows 0 has such a head for the choice between 0 and
 * its range.
 */
export interface ChoiceHead {
  readonly kind: 'choice';
  readonly parameter: Hyperparameter;
  readonly options: number;
  /** Index of the head's first output. */
  readonly offset: number;
}

/** A Gaussian head over the logit of a number's position on its scale: one output, the mean. */
interface NumberHead {
  readonly kind: 'number';
  readonly parameter: NumericHyperparameter;
  readonly offset: number;
  /** Index of its log standard deviation among all of them. */
  readonly spread: number;
}

/** The heads of a space; parameters with one value have none. The last output is the value of the observation. */
export interface Heads {
  readonly space: Space;
  readonly choices: readonly ChoiceHead[];
  readonly numbers: readonly NumberHead[];
  /** Number of outputs, the value's included. */
  readonly outputs: number;
}

/** The action of the heads: shape [choices] and [numbers]; −1 and NaN if a head does not apply. */
export interface Action {
  readonly options: readonly number[];
  /** Positions in logit space, within ±{@link LOGIT_LIMIT}. */
  readonly logits: readonly number[];
}

/** Positions beyond this logit count as the end of the range: 1/(1+e⁴) is below 2% of it. */
const LOGIT_LIMIT = 4;

/** Lays out the heads of `space`. */
export function createHeads(space: Space): Heads {
  const choices: ChoiceHead[] = [];
  const numbers: NumberHead[] = [];
  let offset = 0;
  for (const parameter of space.parameters) {
    const options = optionsOf(parameter);
    if (options > 1) {
      choices.push({ kind: 'choice', parameter, options, offset });
      offset += options;
    }
    if (parameter.kind !== 'categorical' && parameter.max > parameter.min) {
      numbers.push({ kind: 'number', parameter, offset, spread: numbers.length });
      offset += 1;
    }
  }
  return { space, choices, numbers, outputs: offset + 1 };
}

function optionsOf(parameter: Hyperparameter): number {
  if (parameter.kind === 'categorical') return parameter.choices.length;
  return parameter.zeroAllowed ? 2 : 1;
}

/** The action that corresponds to `configuration`. */
export function actionOf(heads: Heads, configuration: Configuration): Action {
  return {
    options: heads.choices.map(({ parameter }) => {
      const value = configuration[parameter.name];
      if (value === undefined) return -1;
      return parameter.kind === 'categorical' ? parameter.choices.indexOf(value as string) : Number(value !== 0);
    }),
    logits: heads.numbers.map(({ parameter }) => {
      const value = configuration[parameter.name];
      if (value === undefined || (value === 0 && parameter.zeroAllowed)) return Number.NaN;
      return logitOf(positionOf(parameter, value as number));
    }),
  };
}

/** log(p / (1 − p)), within ±{@link LOGIT_LIMIT}. */
function logitOf(position: number): number {
  return Math.min(LOGIT_LIMIT, Math.max(-LOGIT_LIMIT, Math.log(position / (1 - position))));
}

/** Draws a configuration of the space from the heads' outputs; conditional parameters are drawn only where they are active. */
export function sampleConfiguration(
  heads: Heads,
  outputs: Float64Array,
  spreads: ArrayLike<number>,
  random: Random,
): Configuration {
  const configuration: Record<string, HyperparameterValue> = {};
  const choiceOf = new Map(heads.choices.map((head) => [head.parameter.name, head]));
  const numberOf = new Map(heads.numbers.map((head) => [head.parameter.name, head]));
  for (const parameter of heads.space.parameters) {
    if (!isActive(parameter, configuration)) continue;
    const choice = choiceOf.get(parameter.name);
    const option = choice === undefined ? null : sampleOption(probabilities(outputs, choice), random.uniform());
    if (parameter.kind === 'categorical') configuration[parameter.name] = parameter.choices[option ?? 0];
    else if (option === 0) configuration[parameter.name] = 0;
    else {
      const head = numberOf.get(parameter.name);
      const logit = head === undefined ? 0 : outputs[head.offset] + Math.exp(spreads[head.spread]) * random.normal();
      configuration[parameter.name] = numberAt(parameter, 1 / (1 + Math.exp(-logit)));
    }
  }
  return configuration;
}

/** Softmax of a head's logits. */
export function probabilities(outputs: Float64Array, head: ChoiceHead): Float64Array {
  const logits = outputs.subarray(head.offset, head.offset + head.options);
  const top = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function sampleOption(weights: Float64Array, uniform: number): number {
  let below = 0;
  for (let option = 0; option < weights.length - 1; option++) {
    below += weights[option];
    if (uniform < below) return option;
  }
  return weights.length - 1;
}
