import type {
  Configuration,
  Hyperparameter,
  HyperparameterValue,
  NumericHyperparameter,
} from '../hyperparameters/hyperparameter.ts';
import { isActive, type Space } from './space.ts';

/** Share of the unit interval that maps to the 0 of a parameter that allows it. */
export const ZERO_SHARE = 0.125;

/**
 * The configuration at a position in the unit cube, shape [parameters]. Each coordinate is uniform over its
 * parameter's scale; an integer's interval has equal parts on that scale; coordinates of inactive parameters are unused.
 */
export function fromUnit(space: Space, unit: ArrayLike<number>): Configuration {
  const configuration: Record<string, HyperparameterValue> = {};
  space.parameters.forEach((parameter, i) => {
    if (isActive(parameter, configuration)) configuration[parameter.name] = valueAt(parameter, unit[i]);
  });
  return configuration;
}

/** The inverse of {@link fromUnit}, to the middle of a choice's or an integer's part; NaN where inactive. */
export function toUnit(space: Space, configuration: Configuration): Float64Array {
  return Float64Array.from(space.parameters, (parameter) => {
    const value = configuration[parameter.name];
    return value === undefined ? Number.NaN : unitOf(parameter, value);
  });
}

function valueAt(parameter: Hyperparameter, unit: number): HyperparameterValue {
  if (parameter.kind === 'categorical') {
    return parameter.choices[Math.min(parameter.choices.length - 1, Math.floor(unit * parameter.choices.length))];
  }
  if (!parameter.zeroAllowed) return numberAt(parameter, unit);
  return unit < ZERO_SHARE ? 0 : numberAt(parameter, (unit - ZERO_SHARE) / (1 - ZERO_SHARE));
}

function unitOf(parameter: Hyperparameter, value: HyperparameterValue): number {
  if (parameter.kind === 'categorical')
    return (parameter.choices.indexOf(value as string) + 0.5) / parameter.choices.length;
  if (!parameter.zeroAllowed) return positionOf(parameter, value as number);
  return value === 0 ? ZERO_SHARE / 2 : ZERO_SHARE + (1 - ZERO_SHARE) * positionOf(parameter, value as number);
}

/** The number at `position` in [0, 1] of the parameter's scale, without its separate 0. */
export function numberAt(parameter: NumericHyperparameter, position: number): number {
  const [low, high] = ends(parameter);
  const clipped = Math.min(1, Math.max(0, position));
  const on = low + clipped * (high - low);
  const value = parameter.scale === 'log' ? Math.exp(on) : on;
  const rounded = parameter.kind === 'int' ? Math.round(value) : Number(value.toPrecision(12));
  return Math.min(parameter.max, Math.max(parameter.min, rounded));
}

/** The position of `value` on its hyperparameter's scale, in [0, 1]; 0.5 if the range is one value. */
export function positionOf(parameter: NumericHyperparameter, value: number): number {
  const [low, high] = ends(parameter);
  if (high === low) return 0.5;
  const on = parameter.scale === 'log' ? Math.log(value) : value;
  return Math.min(1, Math.max(0, (on - low) / (high - low)));
}

/**
 * Ends of the scale; integers get half a unit at each end, so that the first and the last are as likely as the others.
 */
function ends(parameter: NumericHyperparameter): [number, number] {
  const margin = parameter.kind === 'int' && parameter.max > parameter.min ? 0.499999 : 0;
  if (parameter.scale === 'linear') return [parameter.min - margin, parameter.max + margin];
  return [Math.log(parameter.min - Math.min(margin, parameter.min / 2)), Math.log(parameter.max + margin)];
}
