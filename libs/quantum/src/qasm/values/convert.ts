import { type Angle, constant } from '../../gates/angle.ts';
import { lowBits, radiansOf, resized, turnsOf } from './angle-bits.ts';
import { boundsOf, type ClassicalType, type IntegerType, typeText, widthOf } from './classical-type.ts';
import {
  type BoolValue,
  type FloatValue,
  floatValue,
  type IntegerValue,
  isSymbolic,
  typeOf,
  type Value,
} from './classical-value.ts';

/** Throws an error about the expression being evaluated. */
export type Fail = (message: string) => never;

/** Kinds that a value can be cast to besides its own. Integers are converted to angles as floats. */
const CASTS: Readonly<Record<Value['kind'], readonly Value['kind'][]>> = {
  bool: ['bit', 'int', 'uint', 'float'],
  int: ['bool', 'bit', 'uint', 'float', 'angle'],
  uint: ['bool', 'bit', 'int', 'float', 'angle'],
  float: ['bool', 'int', 'uint', 'angle'],
  angle: ['bool', 'bit'],
  bit: ['bool', 'int', 'uint', 'angle'],
};

/** Kinds that a value is implicitly promoted to besides its own. */
const PROMOTIONS: Readonly<Record<Value['kind'], readonly Value['kind'][]>> = {
  bool: ['int', 'uint', 'float'],
  int: ['bool', 'uint', 'float', 'angle'],
  uint: ['bool', 'int', 'float', 'angle'],
  float: ['angle'],
  angle: [],
  bit: [],
};

const allows = (table: typeof CASTS, from: Value, to: ClassicalType): boolean =>
  from.kind === to.kind || table[from.kind].includes(to.kind);

/**
 * The implicit conversion of `T x = value`: to types without loss, and between integers if the value fits. Throws if
 * the language has no such promotion, or the value does not fit the type.
 */
export function promote(value: Value, type: ClassicalType, fail: Fail): Value {
  const [from, to] = [typeText(typeOf(value)), typeText(type)];
  const isPromoted = allows(PROMOTIONS, value, type) && (value.kind !== 'bit' || from === to);
  if (!isPromoted) {
    const hint = from !== to && value.kind !== type.kind && allows(CASTS, value, type) ? `; ${to}(…) casts` : '';
    return fail(`${from} is not promoted to ${to}${hint}`);
  }
  if (type.kind === 'int' || type.kind === 'uint') return fitted(integerOf(value, fail), type, fail);
  return converted(value, type, fail);
}

/**
 * The explicit conversion `T(value)`, by the language's table of casts: a float loses its fraction, an integer keeps
 * the lowest bits, bits are reinterpreted if the widths are equal. Throws if the table has no such cast.
 */
export function cast(value: Value, type: ClassicalType, fail: Fail): Value {
  const [from, to] = [typeText(typeOf(value)), typeText(type)];
  if (isSymbolic(value) && type.kind !== 'float' && type.kind !== 'angle') {
    return fail(`${to}(…) of an input is not supported: its value is not known here`);
  }
  if (!allows(CASTS, value, type)) return fail(`${from} cannot be cast to ${to}`);
  const isBits = value.kind === 'bit' || type.kind === 'bit';
  if (isBits && value.kind !== 'bool' && type.kind !== 'bool' && !isSameWidth(value, type)) {
    return fail(`${from} cannot be cast to ${to}: their widths differ`);
  }
  return converted(value, type, fail);
}

/** Bits are cast to a type of the same width, or to machine integers that are wide enough. */
function isSameWidth(
  value: Exclude<Value, { readonly kind: 'bool' }>,
  type: Exclude<ClassicalType, { readonly kind: 'bool' }>,
) {
  if (value.kind === 'bit' && type.kind !== 'angle' && type.width === null) return value.width <= widthOf(type);
  return value.width === type.width;
}

/** The value in a type that its kind can be converted to. */
function converted(value: Value, type: ClassicalType, fail: Fail): Value {
  switch (type.kind) {
    case 'bool':
      return toBool(value, fail);
    case 'bit':
      return { ...type, value: lowBits(integerOf(value, fail), type.width) };
    case 'int':
    case 'uint':
      return value.kind === 'float'
        ? fitted(integerOf(value, fail), type, fail)
        : wrapped(integerOf(value, fail), type);
    case 'float':
      return toFloat(value, type.width, fail);
    case 'angle':
      return value.kind === 'bit' ? { ...value, ...type, kind: 'angle' } : toAngle(value, type.width, fail);
  }
}

/** The value as an argument of a gate: radians in float64. Throws if it is not a valid argument. */
export function toRadians(value: Value, fail: Fail): Angle {
  if (value.kind === 'float') return value.value;
  if (value.kind === 'angle') return constant(radiansOf(value));
  if (value.kind === 'int' || value.kind === 'uint') return toFloat(value, null, fail).value;
  return fail(`an argument of a gate is an angle, a float or an integer, not ${typeText(typeOf(value))}`);
}

/** The integer as a value of `type`. Throws if it is out of range. */
export function fitted(value: bigint, type: IntegerType, fail: Fail): IntegerValue {
  const [least, most] = boundsOf(type);
  if (value >= least && value <= most) return { ...type, value };
  return fail(`${shortened(value)} does not fit: ${typeText(type)} has ${shortened(least)} to ${shortened(most)}`);
}

/** The value of `type` with the same lowest bits as the integer. */
export function wrapped(value: bigint, type: IntegerType): IntegerValue {
  const bits = widthOf(type);
  return { ...type, value: type.kind === 'uint' ? lowBits(value, bits) : BigInt.asIntN(bits, value) };
}

/** The integer of a value: bits as a non-negative number, `true` as 1, a float without its fraction. */
function integerOf(value: Value, fail: Fail): bigint {
  if (value.kind !== 'float') return BigInt(value.value);
  const { constant: number } = value.value;
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : fail('the value is not a finite number');
}

/** A number as a float of a width; float[32] is rounded to float32. Throws if it is not finite. */
export function toFloat(value: Value, width: 32 | 64 | null, fail: Fail): FloatValue {
  if (value.kind === 'float') return roundFloat({ ...value, width }, fail);
  return roundFloat(floatValue(Number(value.value), width), fail);
}

/** The float rounded to its width. Throws if it is not finite. A polynomial of inputs is not rounded. */
export function roundFloat(float: FloatValue, fail: Fail): FloatValue {
  const { width, value } = float;
  const isConstant = value.terms.length === 0;
  const rounded = width === 32 && isConstant ? { ...float, value: constant(Math.fround(value.constant)) } : float;
  const numbers = [rounded.value.constant, ...value.terms.map(({ coefficient }) => coefficient)];
  return numbers.every(Number.isFinite) ? rounded : fail('the value is not a finite number');
}

/**
 * The angle of radians, modulo a turn, or the same angle in another width; both rounded to the nearest, ties to even.
 */
export function toAngle(value: Value, width: number | null, fail: Fail): Value {
  const bits = widthOf({ width });
  if (value.kind === 'angle') return { kind: 'angle', width, value: resized(value, bits) };
  const radians = toRadians(value, fail);
  // An input's value is only known when the circuit runs, so it cannot be rounded here.
  if (radians.terms.length > 0) return floatValue(radians);
  return { kind: 'angle', width, value: lowBits(turnsOf(radians.constant, bits), bits) };
}

/** Whether a value is not 0. Throws if it depends on an input. */
export function toBool(value: Value, fail: Fail): BoolValue {
  if (isSymbolic(value)) return fail('an input cannot be a condition: its value is not known here');
  const { value: given } = value as Value;
  return { kind: 'bool', value: typeof given === 'object' ? given.constant !== 0 : BigInt(given) !== 0n };
}

const MOST_DIGITS = 24;

/** An integer as shown in messages. */
function shortened(value: bigint): string {
  const digits = value.toString();
  return digits.length <= MOST_DIGITS ? digits : `${digits.slice(0, MOST_DIGITS)}… (${digits.length} digits)`;
}
