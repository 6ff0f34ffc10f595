import { echoed, quoted } from '@qloom/tensor/quoted.ts';
import type { Hyperparameter, HyperparameterValue } from './hyperparameter.ts';
import { InvalidHyperparameterError } from './invalid-hyperparameter-error.ts';

/** The values of a hyperparameter in words, for messages: `a number in [0.25, 8] or 0`, `one of relu, swish, tanh`. */
export function describeRange(hyperparameter: Hyperparameter): string {
  if (hyperparameter.kind === 'categorical') return `one of ${hyperparameter.choices.map(echoed).join(', ')}`;
  const { kind, min, max, leastAccepted = min, zeroAllowed } = hyperparameter;
  return `${kind === 'int' ? 'an integer' : 'a number'} in [${leastAccepted}, ${max}]${zeroAllowed ? ' or 0' : ''}`;
}

/**
 * Why `value` is not a valid value of `hyperparameter` and what would be right, or null if it is valid. Services, agent
 * and command line share this rule.
 *
 * @example invalidReason(width, 500); // '500 is above the maximum 128'
 */
export function invalidReason(hyperparameter: Hyperparameter, value: unknown): string | null {
  const notOne = `${quoted(value)} is not ${describeRange(hyperparameter)}`;
  if (hyperparameter.kind === 'categorical') {
    return hyperparameter.choices.some((choice) => choice === value) ? null : notOne;
  }
  const { kind, min, max, leastAccepted = min, zeroAllowed } = hyperparameter;
  if (typeof value !== 'number' || !Number.isFinite(value)) return notOne;
  if (value === 0 && zeroAllowed) return null;
  if (kind === 'int' && !Number.isInteger(value)) return notOne;
  if (value > max) return `${value} is above the maximum ${max}`;
  if (value < leastAccepted) {
    return `${value} is below the minimum ${leastAccepted}${zeroAllowed ? ' (0 is allowed)' : ''}`;
  }
  return null;
}

/**
 * The value given for `hyperparameter`, or its default if none is given. A number given for a choice is taken as its
 * text.
 *
 * @throws InvalidHyperparameterError naming the hyperparameter, the value and what would be right.
 */
export function checkValue(
  hyperparameter: Hyperparameter,
  given: HyperparameterValue | undefined,
): HyperparameterValue {
  if (given === undefined) return hyperparameter.default;
  const value = hyperparameter.kind === 'categorical' ? String(given) : given;
  if (invalidReason(hyperparameter, value) === null) return value;
  throw new InvalidHyperparameterError(hyperparameter.name, invalidReason(hyperparameter, given) ?? '');
}

/** Why the description of a hyperparameter contradicts itself, or null. */
export function invalidDefinition(hyperparameter: Hyperparameter): string | null {
  if (hyperparameter.name === '') return 'has no name';
  if (hyperparameter.kind === 'categorical') {
    if (hyperparameter.choices.length === 0) return 'has no choices';
    if (new Set(hyperparameter.choices).size !== hyperparameter.choices.length) return 'repeats a choice';
  } else {
    const { min, max, scale } = hyperparameter;
    if (!(min <= max)) return `has min ${min} above max ${max}`;
    if (!Number.isFinite(min) || !Number.isFinite(max)) return 'has a bound that is not finite';
    if (scale === 'log' && min <= 0) {
      return `has a log scale from ${min}; min must be above 0 (allow 0 with zeroAllowed)`;
    }
  }
  const reason = invalidReason(hyperparameter, hyperparameter.default);
  return reason === null ? null : `has a default outside its range: ${reason}`;
}
