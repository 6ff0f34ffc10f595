import { type Angle, constant } from '../../gates/angle.ts';
import type { ClassicalType } from './classical-type.ts';

/**
 * A value with its type. A `float` is a number, or a polynomial of the program's inputs; arguments of gates are floats
 * too, in float64 whatever their width. An `angle` is a non-negative integer in units of 2^−width of a turn.
 */
export type Value =
  | BoolValue
  | { readonly kind: 'bit'; readonly width: number; readonly value: bigint }
  | IntegerValue
  | AngleValue
  | FloatValue;

/** A value of the type `bool`, or a single `bit`. */
export interface BoolValue {
  readonly kind: 'bool';
  readonly value: boolean;
}

/** A value of the type `float`. */
export interface FloatValue {
  readonly kind: 'float';
  readonly width: 32 | 64 | null;
  readonly value: Angle;
}

/** A value of the types `int` and `uint`. */
export interface IntegerValue {
  readonly kind: 'int' | 'uint';
  readonly width: number | null;
  readonly value: bigint;
}

/** A value of the type `angle`. */
export interface AngleValue {
  readonly kind: 'angle';
  readonly width: number | null;
  readonly value: bigint;
}

/** A `float` of the machine's width. */
export const floatValue = (value: Angle | number, width: 32 | 64 | null = null): FloatValue => ({
  kind: 'float',
  width,
  value: typeof value === 'number' ? constant(value) : value,
});

/** An `int` of the machine's width, without a check. */
export const intValue = (value: bigint): IntegerValue => ({ kind: 'int', width: null, value });

/** Whether the value depends on an input. */
export const isSymbolic = (value: Value): value is FloatValue => value.kind === 'float' && value.value.terms.length > 0;

/** Whether the value is an `int` or a `uint`. */
export const isInteger = (value: Value): value is IntegerValue => value.kind === 'int' || value.kind === 'uint';

/** The type of a value. */
export const typeOf = (value: Value): ClassicalType =>
  value.kind === 'bool' ? { kind: 'bool' } : ({ kind: value.kind, width: value.width } as ClassicalType);
