import { lowBits } from './angle-bits.ts';
import { typeText } from './classical-type.ts';
import { isInteger, typeOf, type Value } from './classical-value.ts';
import type { Fail } from './convert.ts';

const BITWISE: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};

/** Whether the operator is bitwise. */
export const isBitwise = (operator: string): boolean => Object.hasOwn(BITWISE, operator);

/** Values with bits: `bit[n]`, and `uint[n]` and `angle[n]` with a width. */
type Bits = { readonly kind: 'bit' | 'uint' | 'angle'; readonly width: number; readonly value: bigint };

const hasBits = (value: Value): value is Value & Bits =>
  value.kind === 'bit' || ((value.kind === 'uint' || value.kind === 'angle') && value.width !== null);

const RIGHT_TYPES = 'it is for bit[n], uint[n] and angle[n] of one width';

/** `left operator right` of two values of one type. */
export function bitwise(operator: string, left: Value, right: Value, fail: Fail): Value {
  if (hasBits(left) && hasBits(right) && left.kind === right.kind && left.width === right.width) {
    return { ...left, value: BITWISE[operator](left.value, right.value) };
  }
  if (operator === '^' && !hasBits(left) && !hasBits(right)) {
    return fail("'^' is an exclusive or in OpenQASM 3; a power is '**'");
  }
  const types = `${typeText(typeOf(left))} and ${typeText(typeOf(right))}`;
  return fail(`'${operator}' is not defined for ${types}; ${RIGHT_TYPES}`);
}

/** `~value`. */
export function complement(value: Value, fail: Fail): Value {
  if (hasBits(value)) return { ...value, value: lowBits(~value.value, value.width) };
  return fail(`'~' is not defined for ${typeText(typeOf(value))}; ${RIGHT_TYPES}`);
}

/** `left << right`, `left >> right`: bits shifted beyond the width are lost. */
export function shift(operator: '<<' | '>>', left: Value, right: Value, fail: Fail): Value {
  if (!hasBits(left) || !isInteger(right)) {
    const types = `${typeText(typeOf(left))} and ${typeText(typeOf(right))}`;
    return fail(`'${operator}' is not defined for ${types}; it is for bit[n], uint[n] and angle[n], by an integer`);
  }
  if (right.value < 0n) return fail(`a shift by ${right.value}; an integer of at least 0 is right`);
  const places = right.value > BigInt(left.width) ? BigInt(left.width) : right.value;
  return { ...left, value: lowBits(operator === '<<' ? left.value << places : left.value >> places, left.width) };
}

/** The bits of `bit[n]` or `uint[n]` rotated left, towards higher bits. Null for other types. */
export function rotated(value: Value, places: bigint): Value | null {
  if (!hasBits(value) || value.kind === 'angle') return null;
  const bits = BigInt(value.width);
  const left = ((places % bits) + bits) % bits;
  return { ...value, value: lowBits((value.value << left) | (value.value >> (bits - left)), value.width) };
}

/** Number of ones among the bits of `bit[n]` or `uint[n]`. Null for other types. */
export function populationOf(value: Value): bigint | null {
  if (!hasBits(value) || value.kind === 'angle') return null;
  return BigInt([...value.value.toString(2)].filter((digit) => digit === '1').length);
}
