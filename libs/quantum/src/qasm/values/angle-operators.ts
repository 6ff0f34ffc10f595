import { lowBits } from './angle-bits.ts';
import { commonWidth, widthOf } from './classical-type.ts';
import { type AngleValue, isInteger, type Value } from './classical-value.ts';
import { compare, isComparison } from './comparison.ts';
import { type Fail, toAngle } from './convert.ts';

/**
 * `left operator right` where one of the two is an `angle`: sums and comparisons of angles, to which floats are
 * rounded, products with integers, and quotients by integers and by angles, all in the arithmetic of unsigned integers
 * of the angle's width. Null if the operator is not defined.
 */
export function angleBinary(operator: string, left: Value, right: Value, fail: Fail): Value | null {
  if (operator === '*' || operator === '/') return scaledAngle(operator, left, right, fail);
  if (isInteger(left) || isInteger(right)) return null;
  const width = commonWidth(widthAmong(left, right), widthAmong(right, left));
  const [a, b] = [left, right].map((value) => (toAngle(value, width, fail) as AngleValue).value);
  switch (operator) {
    case '+':
      return { kind: 'angle', width, value: lowBits(a + b, widthOf({ width })) };
    case '-':
      return { kind: 'angle', width, value: lowBits(a - b, widthOf({ width })) };
    default:
      return isComparison(operator) ? compare(operator, a, b) : null;
  }
}

function scaledAngle(operator: '*' | '/', left: Value, right: Value, fail: Fail): Value | null {
  if (operator === '*') {
    const [angle, factor] = left.kind === 'angle' ? [left, right] : [right, left];
    if (angle.kind !== 'angle' || !isInteger(factor)) return null;
    return { ...angle, value: lowBits(angle.value * factor.value, widthOf(angle)) };
  }
  if (left.kind !== 'angle') return null;
  if (right.kind === 'angle') {
    const width = commonWidth(left.width, right.width);
    const [a, b] = [left, right].map((value) => (toAngle(value, width, fail) as AngleValue).value);
    return b === 0n ? fail('division by zero') : { kind: 'uint', width, value: a / b };
  }
  if (!isInteger(right)) return null;
  if (right.value === 0n) return fail('division by zero');
  return right.value < 0n
    ? fail('an angle is divided by an integer above 0')
    : { ...left, value: left.value / right.value };
}

const widthAmong = (value: Value, other: Value): number | null =>
  value.kind === 'angle' ? value.width : (other as AngleValue).width;
