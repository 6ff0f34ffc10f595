import {
  HyperparameterKind,
  type Hyperparameter as HyperparameterMessage,
  HyperparameterScale,
  type HyperparameterSetting,
  type HyperparameterValue as ValueMessage,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type {
  Configuration,
  Hyperparameter,
  HyperparameterValue,
} from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Space } from '@qloom/study/space/space.ts';
import { SpaceConflictError } from '@qloom/study/space/space-conflict-error.ts';
import { echoed } from '@qloom/tensor/quoted.ts';

/** The message that advertises a hyperparameter. `leastAccepted` is not part of it. */
export function encodeHyperparameter(hyperparameter: Hyperparameter): HyperparameterMessage {
  const { name, description = '', kind, condition, fixedByModel = false } = hyperparameter;
  const defaultValue = encodeValue(hyperparameter, hyperparameter.default);
  const described = {
    name,
    description,
    kind: KIND[kind],
    defaultValue,
    fixedByModel,
    condition: condition && { parameter: condition.parameter, values: [...condition.values] },
  };
  if (hyperparameter.kind === 'categorical') {
    const scale = HyperparameterScale.UNSPECIFIED;
    return { ...described, minimum: 0, maximum: 0, scale, choices: [...hyperparameter.choices], zeroAllowed: false };
  }
  const { min, max, scale, zeroAllowed = false } = hyperparameter;
  return { ...described, minimum: min, maximum: max, scale: SCALE[scale], choices: [], zeroAllowed };
}

/** Decodes an advertised hyperparameter. Throws SpaceConflictError if the message is incomplete. */
export function decodeHyperparameter(message: HyperparameterMessage): Hyperparameter {
  const { name, description } = message;
  const condition = message.condition && { parameter: message.condition.parameter, values: message.condition.values };
  const fixed = message.fixedByModel ? { fixedByModel: true } : {};
  const value = message.defaultValue?.value;
  if (message.kind === HyperparameterKind.CHOICE) {
    if (value?.$case !== 'choice') throw new SpaceConflictError(name, 'is a choice whose default is none');
    return {
      name,
      description,
      kind: 'categorical',
      choices: message.choices,
      default: value.value,
      condition,
      ...fixed,
    };
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
    ...fixed,
  };
}

/** The message for a value of `hyperparameter`. */
export function encodeValue({ kind }: Pick<Hyperparameter, 'kind'>, value: HyperparameterValue): ValueMessage {
  if (kind === 'categorical') return { value: { $case: 'choice', value: String(value) } };
  return { value: { $case: kind === 'int' ? 'integer' : 'real', value: Number(value) } };
}

/** The settings of a configuration, in the order of the space. */
export function encodeConfiguration(space: Space, configuration: Configuration): HyperparameterSetting[] {
  return space.parameters.flatMap((hyperparameter) => {
    const value = configuration[hyperparameter.name];
    return value === undefined ? [] : [{ name: hyperparameter.name, value: encodeValue(hyperparameter, value) }];
  });
}

/**
 * The settings of a configuration that need not lie in the study's space, such as a baseline's. A name in neither list
 * is a choice if its value is text, else a real number.
 */
export function encodeForeignConfiguration(
  configuration: Configuration,
  space: Space,
  others: readonly Hyperparameter[],
): HyperparameterSetting[] {
  const known = new Map(
    [...others, ...space.parameters].map((hyperparameter) => [hyperparameter.name, hyperparameter]),
  );
  return Object.entries(configuration).map(([name, value]) => {
    const guessed = typeof value === 'string' ? ('categorical' as const) : ('float' as const);
    return { name, value: encodeValue(known.get(name) ?? { kind: guessed }, value) };
  });
}

/**
 * The configuration of some settings. `field` names them in messages. Throws ValidationError for a setting without a value and
 * for a name that occurs twice.
 */
export function decodeConfiguration(settings: readonly HyperparameterSetting[], field: string): Configuration {
  const values: Record<string, HyperparameterValue> = {};
  for (const [i, { name, value }] of settings.entries()) {
    const given = value?.value?.value;
    const refuse = (description: string): never => {
      throw new ValidationError([{ field: `${field}[${i}]`, description }]);
    };
    if (given === undefined) return refuse(`${echoed(name) || 'a setting without a name'} has no value`);
    if (Object.hasOwn(values, name)) refuse(`${echoed(name)} is given twice; right would be once`);
    values[name] = given;
  }
  return values;
}

const KIND = {
  categorical: HyperparameterKind.CHOICE,
  int: HyperparameterKind.INTEGER,
  float: HyperparameterKind.REAL,
} as const;
const SCALE = { linear: HyperparameterScale.LINEAR, log: HyperparameterScale.LOG } as const;
