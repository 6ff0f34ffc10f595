import { echoed, quoted } from '@qloom/tensor/quoted.ts';
import { CircuitError } from './errors.ts';

/** One option of an encoding or an ansatz: its type, range, default and a description in one line. */
export type OptionSpec =
  | {
      readonly type: 'integer' | 'number';
      readonly minimum: number;
      readonly maximum: number;
      readonly default: number;
      readonly description: string;
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly description: string }
  | {
      readonly type: 'choice';
      readonly choices: readonly string[];
      readonly default: string;
      readonly description: string;
    }
  /** A non-empty ordered list of choices, which may repeat. */
  | {
      readonly type: 'choices';
      readonly choices: readonly string[];
      readonly default: readonly string[];
      readonly description: string;
    };

/** Options by name. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** A value, as written in study files. */
export type OptionValue = number | boolean | string | readonly string[];

/** The resolved values of specs: every option has a value in its range. */
export type OptionValues<S extends OptionSpecs> = { readonly [K in keyof S]: ValueOf<S[K]> };

type ValueOf<S extends OptionSpec> = S extends { type: 'choice'; choices: readonly (infer C)[] }
  ? C
  : S extends { type: 'choices'; choices: readonly (infer C)[] }
    ? readonly C[]
    : S extends { type: 'boolean' }
      ? boolean
      : number;

/**
 * Fills in defaults. Throws CircuitError for an unknown option, a wrong type or a value out of range; the message
 * begins with `where` and says which values are allowed.
 */
export function resolveOptions(
  specs: OptionSpecs,
  given: Readonly<Record<string, OptionValue>>,
  where: string,
): Readonly<Record<string, OptionValue>> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(specs, name)) {
      const known = Object.keys(specs).join(', ');
      throw new CircuitError(
        `${where}.${echoed(name)}: unknown; ${known === '' ? 'there are no options' : `known are ${known}`}`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const value = given[name] ?? spec.default;
      const right = describeRange(spec);
      if (!fits(spec, value)) throw new CircuitError(`${where}.${name}: ${quoted(value)} is not ${right}`);
      return [name, value];
    }),
  );
}

/**
 * Reads a value from text, as written on a command line (`true`, `3`, `ry,rz`). Throws CircuitError for any other text.
 */
export function optionFromText(spec: OptionSpec, text: string, where: string): OptionValue {
  const value = readValue(spec, text.trim());
  if (!fits(spec, value)) throw new CircuitError(`${where}: ${quoted(text, "'")} is not ${describeRange(spec)}`);
  return value;
}

/** The allowed values, in words. */
export function describeRange(spec: OptionSpec): string {
  switch (spec.type) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${spec.choices.join(', ')}`;
    case 'choices':
      return `a list of ${spec.choices.join(', ')}`;
    case 'integer':
      return `an integer from ${spec.minimum} to ${spec.maximum}`;
    case 'number':
      return `a number from ${spec.minimum} to ${spec.maximum}`;
  }
}

function readValue(spec: OptionSpec, text: string): OptionValue {
  if (spec.type === 'choice') return text;
  if (spec.type === 'choices') return text.split(',').map((part) => part.trim());
  if (spec.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text === '' ? Number.NaN : Number(text);
}

function fits(spec: OptionSpec, value: OptionValue): boolean {
  switch (spec.type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && spec.choices.includes(value);
    case 'choices':
      return Array.isArray(value) && value.length > 0 && value.every((one) => spec.choices.includes(one));
    default:
      return (
        typeof value === 'number' &&
        value >= spec.minimum &&
        value <= spec.maximum &&
        (spec.type === 'number' || Number.isInteger(value))
      );
  }
}
