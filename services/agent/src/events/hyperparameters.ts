import {
  type Hyperparameter,
  HyperparameterKind,
  HyperparameterScale,
  type HyperparameterSetting,
  type HyperparameterValue,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { SpaceConflictError } from '../domain/space/errors.ts';
import type { Hyperparameters, Parameter, Value } from '../domain/space/parameter.ts';
import type { Space } from '../domain/space/space.ts';

/** A hyperparameter as a service advertises it. Throws {@link SpaceConflictError} where the message is incomplete. */
export function decodeParameter(message: Hyperparameter): Parameter {
  const { name, description } = message;
  const condition = message.condition && {
    parameter: message.condition.parameter,
    values: message.condition.values,
  };
  const value = message.defaultValue?.value;
  if (message.kind === HyperparameterKind.CHOICE) {
    if (value?.$case !== 'choice') throw new SpaceConflictError(name, 'is a choice whose default is none');
    return { name, description, kind: 'categorical', choices: message.choices, default: value.value, condition };
  }
  const isInteger = message.kind === HyperparameterKind.INTEGER;
  if (!isInteger && message.kind !== HyperparameterKind.REAL) {
    throw new SpaceConflictError(name, `has kind ${message.kind}, which is none of REAL, INTEGER and CHOICE`);
  }
  if (value?.$case !== 'real' && value?.$case !== 'integer') {
    throw new SpaceConflictError(name, 'is a number whose default is none');
  }
  return {
    name,
    description,
    kind: isInteger ? 'int' : 'float',
    min: message.minimum,
    max: message.maximum,
    scale: message.scale === HyperparameterScale.LOG ? 'log' : 'linear',
    zeroAllowed: message.zeroAllowed,
    default: value.value,
    condition,
  };
}

/** The message for a parameter. */
export function encodeParameter(parameter: Parameter): Hyperparameter {
  const isChoice = parameter.kind === 'categorical';
  return {
    name: parameter.name,
    description: parameter.description ?? '',
    kind: isChoice
      ? HyperparameterKind.CHOICE
      : parameter.kind === 'int'
        ? HyperparameterKind.INTEGER
        : HyperparameterKind.REAL,
    minimum: isChoice ? 0 : parameter.min,
    maximum: isChoice ? 0 : parameter.max,
    scale: !isChoice && parameter.scale === 'log' ? HyperparameterScale.LOG : HyperparameterScale.LINEAR,
    choices: isChoice ? parameter.choices.map(String) : [],
    defaultValue: encodeValue(parameter, parameter.default),
    condition: parameter.condition && {
      parameter: parameter.condition.parameter,
      values: parameter.condition.values.map(String),
    },
    zeroAllowed: !isChoice && parameter.zeroAllowed === true,
  };
}

/** The message for a value of `parameter`. */
export function encodeValue(parameter: Parameter, value: Value): HyperparameterValue {
  if (parameter.kind === 'categorical') return { value: { $case: 'choice', value: String(value) } };
  return { value: { $case: parameter.kind === 'int' ? 'integer' : 'real', value: value as number } };
}

/** The settings of a point, in the order of the space. */
export function encodePoint(space: Space, point: Hyperparameters): HyperparameterSetting[] {
  return space.parameters.flatMap((parameter) => {
    const value = point[parameter.name];
    return value === undefined ? [] : [{ name: parameter.name, value: encodeValue(parameter, value) }];
  });
}

/** The point of some settings. Settings without a value are left out. */
export function decodePoint(settings: readonly HyperparameterSetting[]): Hyperparameters {
  const point: Record<string, Value> = {};
  for (const { name, value } of settings) if (value?.value !== undefined) point[name] = value.value.value;
  return point;
}

/**
 * The settings of a point that need not lie in the study's space, such as a rival's: a name that neither list knows is a
 * choice where its value is a text, else a real number.
 */
export function encodeAnyPoint(
  point: Hyperparameters,
  space: Space,
  others: readonly Parameter[],
): HyperparameterSetting[] {
  const known = new Map([...others, ...space.parameters].map((parameter) => [parameter.name, parameter]));
  return Object.entries(point).map(([name, value]) => {
    const parameter = known.get(name);
    if (parameter !== undefined) return { name, value: encodeValue(parameter, value) };
    const isText = typeof value === 'string';
    return { name, value: { value: isText ? { $case: 'choice', value } : { $case: 'real', value } } };
  });
}
