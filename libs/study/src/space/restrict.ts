import { echoed } from '@qloom/tensor/quoted.ts';
import { describeRange, invalidReason } from '../hyperparameters/check-value.ts';
import type { Hyperparameter, HyperparameterValue, NumericHyperparameter } from '../hyperparameters/hyperparameter.ts';
import { InvalidHyperparameterError } from '../hyperparameters/invalid-hyperparameter-error.ts';
import { createSpace, type Space } from './space.ts';

/** A study's override of one parameter: a value pins it; the other fields narrow the range that its service offers. */
export interface Restriction {
  /** The only value allowed. */
  readonly value?: HyperparameterValue;
  readonly min?: number;
  readonly max?: number;
  /** False excludes 0 from a parameter that allows it. */
  readonly zeroAllowed?: boolean;
  readonly choices?: readonly string[];
}

/**
 * The space with a study's `space` section applied: ranges narrowed, values pinned, all else unchanged. A default that
 * falls outside a narrowed range moves to its nearest end. Throws {@link InvalidHyperparameterError} that names the
 * field and what is allowed.
 */
export function restrictSpace(space: Space, restrictions: Readonly<Record<string, Restriction>>): Space {
  const known = new Map(space.parameters.map((parameter) => [parameter.name, parameter]));
  for (const name of Object.keys(restrictions)) {
    if (!known.has(name)) {
      throw new InvalidHyperparameterError(
        `space.${echoed(name)}`,
        `no service offers this hyperparameter; offered: ${[...known.keys()].sort().join(', ')}`,
      );
    }
  }
  const narrowed = space.parameters.map((parameter) => {
    const restriction = restrictions[parameter.name];
    return restriction === undefined ? parameter : restrict(parameter, restriction);
  });
  // Removes condition values whose choice was excluded, and parameters that therefore can never be active.
  return createSpace(dropUnreachable(narrowed));
}

function restrict(parameter: Hyperparameter, restriction: Restriction): Hyperparameter {
  const field = `space.${parameter.name}`;
  if (restriction.value !== undefined) return pin(parameter, restriction.value, field);
  if (parameter.kind === 'categorical') {
    const { choices } = restriction;
    if (choices === undefined)
      throw new InvalidHyperparameterError(field, `give a value or choices: ${describeRange(parameter)}`);
    for (const choice of choices) {
      const reason = invalidReason(parameter, choice);
      if (reason !== null) throw new InvalidHyperparameterError(`${field}.choices`, reason);
    }
    if (choices.length === 0) throw new InvalidHyperparameterError(`${field}.choices`, 'is empty');
    return { ...parameter, choices, default: choices.includes(parameter.default) ? parameter.default : choices[0] };
  }
  if (restriction.choices !== undefined) {
    throw new InvalidHyperparameterError(`${field}.choices`, `a ${parameter.kind} takes min and max, not choices`);
  }
  return narrow(parameter, restriction, field);
}

function narrow(parameter: NumericHyperparameter, restriction: Restriction, field: string): NumericHyperparameter {
  const min = restriction.min ?? parameter.min;
  const max = restriction.max ?? parameter.max;
  const zeroAllowed = (parameter.zeroAllowed ?? false) && restriction.zeroAllowed !== false;
  for (const [end, value] of [['min', min] as const, ['max', max] as const]) {
    const reason = invalidReason({ ...parameter, zeroAllowed: false }, value);
    if (reason !== null) throw new InvalidHyperparameterError(`${field}.${end}`, reason);
  }
  if (min > max) throw new InvalidHyperparameterError(`${field}.min`, `${min} is above max ${max}`);
  if (restriction.zeroAllowed === true && !parameter.zeroAllowed) {
    throw new InvalidHyperparameterError(`${field}.zeroAllowed`, `0 is not ${describeRange(parameter)}`);
  }
  const keepsZero = parameter.default === 0 && zeroAllowed;
  return {
    ...parameter,
    min,
    max,
    zeroAllowed,
    default: keepsZero ? 0 : Math.min(max, Math.max(min, parameter.default)),
  };
}

function pin(parameter: Hyperparameter, value: HyperparameterValue, field: string): Hyperparameter {
  const reason = invalidReason(parameter, value);
  if (reason !== null) throw new InvalidHyperparameterError(field, reason);
  if (parameter.kind === 'categorical') return { ...parameter, choices: [String(value)], default: String(value) };
  const number = value as number;
  if (number !== 0 || !parameter.zeroAllowed) {
    return { ...parameter, min: number, max: number, zeroAllowed: false, default: number };
  }
  return { ...parameter, scale: 'linear', min: 0, max: 0, zeroAllowed: false, default: 0 };
}

function dropUnreachable(parameters: readonly Hyperparameter[]): Hyperparameter[] {
  const kept: Hyperparameter[] = [];
  for (const parameter of parameters) {
    const { condition } = parameter;
    if (condition === undefined) {
      kept.push(parameter);
      continue;
    }
    const parent = kept.find((candidate) => candidate.name === condition.parameter);
    const values = condition.values.filter((value) => parent !== undefined && invalidReason(parent, value) === null);
    if (values.length > 0) kept.push({ ...parameter, condition: { ...condition, values } });
  }
  return kept;
}
