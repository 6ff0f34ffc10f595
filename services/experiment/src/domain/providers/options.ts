import { dirname, resolve } from 'node:path';
import { echoed, quoted } from '@qloom/tensor/quoted.ts';

/** Thrown for a file of backends that cannot be used. The message has file, line and field, and says what would be right. */
export class BackendsFileError extends Error {
  override readonly name = 'BackendsFileError';
}

/** Bounds of a number. */
interface NumberRange {
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * The fields of a mapping in a file. Each method takes the name of a field and throws BackendsFileError where its value is wrong;
 * without a `fallback` the field is needed.
 */
export interface Options {
  text(field: string, fallback?: string): string;
  /** One of several texts. */
  choice<const T extends string>(field: string, allowed: readonly T[], fallback?: T): T;
  number(field: string, range: NumberRange, fallback?: number): number;
  integer(field: string, range: NumberRange, fallback?: number): number;
  boolean(field: string, fallback?: boolean): boolean;
  /** A list of numbers, each in the range. */
  numbers(field: string, range: NumberRange, fallback?: readonly number[]): readonly number[];
  /** A list of pairs of integers, each in the range. */
  pairs(
    field: string,
    range: NumberRange,
    fallback?: readonly (readonly [number, number])[],
  ): (readonly [number, number])[];
  /** A path, relative to the folder of the file that names it; undefined where the field is absent. */
  path(field: string): string | undefined;
  /** The fields of the mapping in the file that the field names, relative to the folder of this one; undefined where it is absent. */
  file(field: string): Options | undefined;
  /** The fields of a mapping inside this one; undefined where the field is absent. */
  fields(field: string): Options | undefined;
  has(field: string): boolean;
  /** Throws BackendsFileError about a field; `description` says what is wrong and what would be right. */
  refuse(field: string, description: string): never;
  /** Throws BackendsFileError if there is a field that no method was asked for, here or in a mapping inside. */
  finish(): void;
}

/** A mapping that was read from a file. */
export interface OptionsSource {
  readonly file: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Path of the mapping in the file: `[0].price`. */
  readonly path: string;
  /** Line of a field of the mapping, from 1. */
  lineOf(path: readonly string[]): number | undefined;
  /** Reads the mapping of another file. Throws BackendsFileError. */
  open(file: string): OptionsSource;
}

/** Reads the fields of a mapping. */
export function createOptions(source: OptionsSource): Options {
  const { file, values, path } = source;
  const asked = new Set<string>();
  const inner: Options[] = [];

  const refuse = (field: string, description: string): never => {
    const line = source.lineOf([field]);
    const at = path === '' ? echoed(field) : `${path}.${echoed(field)}`;
    throw new BackendsFileError(`${file}${line === undefined ? '' : `:${line}`}: ${at}: ${description}`);
  };
  /** The value of a field, checked by `read`, which returns what is right where it is wrong. */
  const take = <T>(field: string, fallback: T | undefined, read: (value: unknown) => { value: T } | string): T => {
    asked.add(field);
    const given = values[field];
    if (given === undefined || given === null)
      return fallback ?? refuse(field, `is missing; right would be ${right(read)}`);
    const found = read(given);
    return typeof found === 'string' ? refuse(field, `is ${quoted(given)}; right would be ${found}`) : found.value;
  };
  const right = (read: (value: unknown) => unknown): string => String(read(undefined));
  const isNumber = (value: unknown, { minimum, maximum }: NumberRange): value is number =>
    typeof value === 'number' && value >= minimum && value <= maximum;
  const rangeText = ({ minimum, maximum }: NumberRange): string =>
    maximum === Number.POSITIVE_INFINITY ? `at least ${minimum}` : `from ${minimum} to ${maximum}`;

  const pathOf = (field: string): string | undefined => {
    asked.add(field);
    const given = values[field];
    if (given === undefined || given === null) return undefined;
    if (typeof given !== 'string' || given === '') return refuse(field, `is ${quoted(given)}; right would be a path`);
    return resolve(dirname(file), given);
  };

  return {
    text: (field, fallback) =>
      take(field, fallback, (value) => (typeof value === 'string' && value !== '' ? { value } : 'a text')),
    choice: (field, allowed, fallback) =>
      take(field, fallback, (value) => {
        const known = allowed.find((one) => one === value);
        return known === undefined ? allowed.join(', ') : { value: known };
      }),
    number: (field, range, fallback) =>
      take(field, fallback, (value) => (isNumber(value, range) ? { value } : `a number ${rangeText(range)}`)),
    integer: (field, range, fallback) =>
      take(field, fallback, (value) =>
        isNumber(value, range) && Number.isInteger(value) ? { value } : `an integer ${rangeText(range)}`,
      ),
    boolean: (field, fallback) =>
      take(field, fallback, (value) => (typeof value === 'boolean' ? { value } : 'true or false')),
    numbers: (field, range, fallback) =>
      take(field, fallback, (value) =>
        Array.isArray(value) && value.every((one) => isNumber(one, range))
          ? { value: value as readonly number[] }
          : `a list of numbers ${rangeText(range)}`,
      ),
    pairs: (field, range, fallback) =>
      take(field, fallback ? [...fallback] : undefined, (value) =>
        Array.isArray(value) &&
        value.every(
          (pair) =>
            Array.isArray(pair) &&
            pair.length === 2 &&
            pair.every((one) => isNumber(one, range) && Number.isInteger(one)),
        )
          ? { value: value as (readonly [number, number])[] }
          : `a list of pairs of integers ${rangeText(range)}, such as [[0, 1], [1, 2]]`,
      ),
    path: pathOf,
    file(field) {
      const named = pathOf(field);
      if (named === undefined) return undefined;
      const options = createOptions(source.open(named));
      inner.push(options);
      return options;
    },
    fields(field) {
      asked.add(field);
      const given = values[field];
      if (given === undefined || given === null) return undefined;
      if (typeof given !== 'object' || Array.isArray(given)) {
        return refuse(field, `is ${quoted(given)}; right would be a mapping of fields`);
      }
      const options = createOptions({
        file,
        values: given as Record<string, unknown>,
        path: path === '' ? field : `${path}.${field}`,
        lineOf: (rest) => source.lineOf([field, ...rest]),
        open: source.open,
      });
      inner.push(options);
      return options;
    },
    has: (field) => values[field] !== undefined && values[field] !== null,
    refuse,
    finish() {
      const unknown = Object.keys(values).find((field) => !asked.has(field));
      if (unknown !== undefined) {
        const known = asked.size === 0 ? 'no field' : [...asked].sort().join(', ');
        refuse(unknown, `is unknown; right would be ${known}`);
      }
      for (const options of inner) options.finish();
    },
  };
}
