import { widthOf } from './classical-type.ts';
import type { AngleValue } from './classical-value.ts';

/** The lowest bits of an integer, as a non-negative number. */
export const lowBits = (value: bigint, width: number): bigint => BigInt.asUintN(width, value);

/** Radians of an angle, from 0 to 2π. */
export const radiansOf = ({ value, width }: AngleValue): number => {
  const bits = widthOf({ width });
  // 64 bits are more than float64 has, and 2^1024 is infinite there.
  const shift = Math.max(0, bits - 64);
  return 2 * Math.PI * (Number(value >> BigInt(shift)) / 2 ** (bits - shift));
};

/**
 * Radians in units of 2^−bits of a turn, rounded to the nearest integer, where a turn is 2π in float64. Exact, ties to
 * even.
 */
export function turnsOf(radians: number, bits: number): bigint {
  const [a, aExponent] = fractionOf(radians);
  const [turn, turnExponent] = fractionOf(2 * Math.PI);
  const shift = bits + aExponent - turnExponent;
  const [numerator, denominator] =
    shift >= 0 ? [a << BigInt(shift), turn] : [a, turn << BigInt(Math.min(-shift, MOST_SHIFT))];
  return nearest(numerator, denominator);
}

/** With a larger shift, a float64 over 2^shift turns is nearer to 0 than to any other angle. */
const MOST_SHIFT = 2200;

/** A float64 as m·2^e with integers m and e. */
function fractionOf(value: number): readonly [bigint, number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const size = exponent === 0 ? fraction : fraction | (1n << 52n);
  return [value < 0 ? -size : size, Math.max(exponent, 1) - 1075];
}

/** The integer nearest to a fraction with a positive denominator, ties to even. */
function nearest(numerator: bigint, denominator: bigint): bigint {
  const doubled = 2n * numerator + denominator;
  const floor = doubled / (2n * denominator) - (doubled % (2n * denominator) < 0n ? 1n : 0n);
  const isTie = doubled % (2n * denominator) === 0n;
  return isTie && floor % 2n !== 0n ? floor - 1n : floor;
}

/** The bits of an angle in another width, rounded to the nearest, ties to even. */
export function resized({ value, width }: AngleValue, bits: number): bigint {
  const own = widthOf({ width });
  if (bits >= own) return value << BigInt(bits - own);
  return lowBits(nearest(value, 1n << BigInt(own - bits)), bits);
}
