import {
  HyperparameterKind,
  type Hyperparameter as HyperparameterMessage,
  HyperparameterScale,
  type HyperparameterSetting,
  type HyperparameterValue as ValueMessage,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { echoed } from '@qloom/tensor/quoted.ts';
import type { Hyperparameter, Hyperparameters, HyperparameterValue } from '../domain/hyperparameters.ts';

/** The message that advertises a row of the table. */
export function encodeHyperparameter(row: Hyperparameter): HyperparameterMessage {
  const number = row.type === 'choice' ? undefined : row;
  return {
    name: row.name,
    description: row.description,
    kind: KIND[row.type],
    minimum: number?.min ?? 0,
    maximum: number?.max ?? 0,
    scale: number === undefined ? HyperparameterScale.UNSPECIFIED : SCALE[number.scale],
    choices: row.type === 'choice' ? row.choices.map(String) : [],
    defaultValue: encodeValue(row, row.default),
    condition: row.condition && { parameter: row.condition.name, values: row.condition.values.map(String) },
    zeroAllowed: number?.zeroAllowed ?? false,
  };
}

const KIND = {
  choice: HyperparameterKind.CHOICE,
  integer: HyperparameterKind.INTEGER,
  real: HyperparameterKind.REAL,
} as const;
const SCALE = { linear: HyperparameterScale.LINEAR, log: HyperparameterScale.LOG } as const;

function encodeValue({ type }: Hyperparameter, value: HyperparameterValue): ValueMessage {
  if (type === 'choice') return { value: { $case: 'choice', value: String(value) } };
  return { value: { $case: type, value: Number(value) } };
}

/** The row of a table that another generator advertises. */
export function decodeHyperparameter(message: HyperparameterMessage): Hyperparameter {
  const { name, description } = message;
  const value = message.defaultValue?.value?.value;
  if (message.kind === HyperparameterKind.CHOICE) {
    return { name, description, type: 'choice', choices: message.choices, default: value ?? message.choices[0] };
  }
  return {
    name,
    description,
    type: message.kind === HyperparameterKind.INTEGER ? 'integer' : 'real',
    min: message.minimum,
    max: message.maximum,
    scale: message.scale === HyperparameterScale.LOG ? 'log' : 'linear',
    zeroAllowed: message.zeroAllowed,
    default: Number(value ?? message.minimum),
  };
}

/** Values by name. Throws ValidationError for a setting without a value and for a name given twice. */
export function decodeSettings(settings: readonly HyperparameterSetting[], field: string): Hyperparameters {
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
