import { quoted } from '@qloom/tensor/quoted.ts';
import { InvalidHyperparameterError } from './errors.ts';

/** A value of a hyperparameter, as studies and actions carry it. */
export type HyperparameterValue = number | string;

/** Hyperparameters by name. */
export type Hyperparameters = Readonly<Record<string, HyperparameterValue>>;

/** Active only where another hyperparameter has one of these values. */
export interface Condition {
  readonly name: string;
  readonly values: readonly HyperparameterValue[];
}

interface Described {
  readonly name: string;
  readonly description: string;
  readonly condition?: Condition;
}

/** One of a list. */
export interface ChoiceHyperparameter extends Described {
  readonly type: 'choice';
  readonly choices: readonly HyperparameterValue[];
  readonly default: HyperparameterValue;
}

/** A number in a range. */
export interface NumberHyperparameter extends Described {
  readonly type: 'integer' | 'real';
  /** Least and greatest value that a search should try. */
  readonly min: number;
  readonly max: number;
  /** Least value that a request may name, where tests and short runs need less than a search should try. */
  readonly leastAccepted?: number;
  readonly scale: 'linear' | 'log';
  /** Exactly 0 is allowed beside [min, max] (a log scale has no zero). */
  readonly zeroAllowed?: boolean;
  readonly default: number;
}

/** One row of a table of hyperparameters: what is checked is what is advertised. */
export type Hyperparameter = ChoiceHyperparameter | NumberHyperparameter;

/**
 * The value given for a hyperparameter, or its default.
 *
 * @throws InvalidHyperparameterError naming the hyperparameter, the value and what would be right.
 */
export function checkedValue(parameter: Hyperparameter, given: HyperparameterValue | undefined): HyperparameterValue {
  if (given === undefined) return parameter.default;
  if (parameter.type === 'choice') {
    // On the wire a choice is a word: "2" is the choice 2.
    const chosen = parameter.choices.find((choice) => String(choice) === String(given));
    if (chosen !== undefined) return chosen;
    throw new InvalidHyperparameterError(
      `${parameter.name}: ${quoted(given)} is not one of ${parameter.choices.join(', ')}`,
    );
  }
  return checkedNumber(parameter, given);
}

function checkedNumber(parameter: NumberHyperparameter, given: HyperparameterValue): number {
  const { name, max, zeroAllowed } = parameter;
  const min = parameter.leastAccepted ?? parameter.min;
  if (typeof given !== 'number' || !Number.isFinite(given)) {
    throw new InvalidHyperparameterError(`${name}: ${quoted(given)} is not a number in [${min}, ${max}]`);
  }
  if (zeroAllowed && given === 0) return given;
  if (parameter.type === 'integer' && !Number.isInteger(given)) {
    throw new InvalidHyperparameterError(`${name}: ${given} is not an integer in [${min}, ${max}]`);
  }
  if (given > max) throw new InvalidHyperparameterError(`${name}: ${given} is above the maximum ${max}`);
  if (given < min) {
    const zero = zeroAllowed ? ' (0 is allowed)' : '';
    throw new InvalidHyperparameterError(`${name}: ${given} is below the minimum ${min}${zero}`);
  }
  return given;
}
