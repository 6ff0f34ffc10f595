import { collected, scaled, sum } from '../../gates/angle.ts';
import { radiansOf } from './angle-bits.ts';
import { angleBinary } from './angle-operators.ts';
import { bitwise, complement, isBitwise, shift } from './bit-operators.ts';
import { commonInteger, commonWidth, typeText, widthOf } from './classical-type.ts';
import {
  type FloatValue,
  floatValue,
  type IntegerValue,
  intValue,
  isInteger,
  isSymbolic,
  typeOf,
  type Value,
} from './classical-value.ts';
import { compare, isComparison } from './comparison.ts';
import { type Fail, fitted, roundFloat, toBool, toFloat, wrapped } from './convert.ts';
import { polynomialProduct } from './polynomial.ts';

/**
 * `left operator right` by the types of both, as in OpenQASM 3: standard types as in C99, so that the quotient of
 * integers is an integer and a remainder has the sign of the dividend; angles and bits as defined by the language.
 * Signed integers and integers of machine width must not overflow; `uint[n]` wraps. Throws if the operator is not
 * defined for these types.
 */
export function binary(operator: string, left: Value, right: Value, fail: Fail): Value {
  if (operator === '&&' || operator === '||') {
    const [a, b] = [condition(operator, left, right, fail), condition(operator, right, left, fail)];
    return { kind: 'bool', value: operator === '&&' ? a && b : a || b };
  }
  if (isBitwise(operator)) return bitwise(operator, left, right, fail);
  if (operator === '<<' || operator === '>>') return shift(operator, left, right, fail);
  const hasInput = isSymbolic(left) || isSymbolic(right);
  const [a, b] = [left, right].map((value) => standard(value, hasInput));
  if (a.kind === 'bit' && b.kind === 'bit' && a.width === b.width && isComparison(operator)) {
    return compare(operator, a.value, b.value);
  }
  if (a.kind === 'bit' || b.kind === 'bit') return undefinedFor(operator, left, right, fail);
  if (a.kind === 'angle' || b.kind === 'angle') {
    return angleBinary(operator, a, b, fail) ?? undefinedFor(operator, left, right, fail);
  }
  if (isInteger(a) && isInteger(b)) return integers(operator, a, b, fail);
  const width = commonWidth(widthAmong(a, b), widthAmong(b, a));
  return (
    floats(operator, toFloat(a, width, fail), toFloat(b, width, fail), fail) ??
    undefinedFor(operator, left, right, fail)
  );
}

/** `-value`, `!value` or `~value`. Throws if it is not defined for the type. */
export function unary(operator: string, value: Value, fail: Fail): Value {
  if (operator === '!') return { kind: 'bool', value: !condition(operator, value, null, fail) };
  if (operator === '~') return complement(value, fail);
  const a = standard(value, false);
  if (a.kind === 'angle') return { ...a, value: BigInt.asUintN(widthOf(a), -a.value) };
  if (isInteger(a)) return overflowing(-a.value, a, fail);
  if (a.kind === 'float') return { ...a, value: scaled(a.value, -1) };
  return undefinedFor(operator, value, null, fail);
}

/** C99 promotes `bool` to `int`. An angle combined with an input is a float: an input has no width to round to. */
function standard(value: Value, hasInput: boolean): Exclude<Value, { readonly kind: 'bool' }> {
  if (value.kind === 'bool') return intValue(BigInt(value.value));
  return value.kind === 'angle' && hasInput ? floatValue(radiansOf(value)) : value;
}

/** An operand of a logical operator. */
function condition(operator: string, value: Value, other: Value | null, fail: Fail): boolean {
  if (value.kind === 'bit' || value.kind === 'angle') return undefinedFor(operator, value, other, fail);
  return toBool(value, fail).value;
}

function integers(operator: string, left: IntegerValue, right: IntegerValue, fail: Fail): Value {
  const type = commonInteger(left, right);
  const convert = ({ value }: IntegerValue) =>
    type.width === null ? fitted(value, type, fail).value : wrapped(value, type).value;
  const [a, b] = [convert(left), convert(right)];
  if (isComparison(operator)) return compare(operator, a, b);
  if ((operator === '/' || operator === '%') && b === 0n) return fail('division by zero');
  switch (operator) {
    case '+':
      return overflowing(a + b, type, fail);
    case '-':
      return overflowing(a - b, type, fail);
    case '*':
      return overflowing(a * b, type, fail);
    case '/':
      return overflowing(a / b, type, fail);
    case '%':
      return overflowing(a % b, type, fail);
    default:
      return integerPower(convert(left), right.value, type, fail);
  }
}

/** The result in its type: a `uint[n]` wraps, other types must not overflow. */
const overflowing = (value: bigint, type: Omit<IntegerValue, 'value'>, fail: Fail): IntegerValue =>
  type.kind === 'uint' && type.width !== null
    ? wrapped(value, type)
    : fitted(value, { kind: type.kind, width: type.width }, fail);

function integerPower(base: bigint, exponent: bigint, type: Omit<IntegerValue, 'value'>, fail: Fail): IntegerValue {
  if (exponent < 0n)
    return fail(`an integer to the power of ${exponent} is not an integer; ${base}.0 ** ${exponent} is right`);
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = overflowing(result * square, type, fail).value;
    // Powers of −1, 0 and 1 stay small for every exponent; other integers overflow, or wrap, after at most as many
    // squarings as the type has bits.
    if (rest > 1n && (square > 1n || square < -1n)) square = overflowing(square * square, type, fail).value;
    else if (rest > 1n) square *= square;
  }
  return { ...type, value: result };
}

const widthAmong = (value: Value, other: Value): 32 | 64 | null => {
  if (value.kind === 'float') return value.width;
  return other.kind === 'float' ? other.width : null;
};

function floats(operator: string, left: FloatValue, right: FloatValue, fail: Fail): Value | null {
  const { width } = left;
  const result = (value: FloatValue['value']) => roundFloat(floatValue(value, width), fail);
  const [a, b] = [left.value, right.value];
  switch (operator) {
    case '+':
      return result(collected(sum(a, b)));
    case '-':
      return result(collected(sum(a, scaled(b, -1))));
    case '*':
      return result(polynomialProduct(a, b) ?? fail('a term has at most one parameter and two data inputs as factors'));
  }
  if (isSymbolic(right) || (isSymbolic(left) && operator !== '/')) {
    return fail(`'${operator}' with an input is not supported: angles are polynomials of inputs`);
  }
  if (isComparison(operator)) return compare(operator, a.constant, b.constant);
  if (operator === '**') return result(floatValue(a.constant ** b.constant).value);
  if (operator !== '/') return null;
  if (b.constant === 0) return fail('division by zero');
  return result(a.terms.length === 0 ? floatValue(a.constant / b.constant).value : scaled(a, 1 / b.constant));
}

/** Throws an error that names the types of the operands and the supported alternative. */
function undefinedFor(operator: string, left: Value, right: Value | null, fail: Fail): never {
  const types = right === null ? typeText(typeOf(left)) : `${typeText(typeOf(left))} and ${typeText(typeOf(right))}`;
  return fail(`'${operator}' is not defined for ${types}${hintFor(operator, left, right)}`);
}

function hintFor(operator: string, left: Value, right: Value | null): string {
  const kinds = [left.kind, right?.kind];
  if (operator === '%' && kinds.includes('float')) return '; mod(a, b) is right';
  if (kinds.includes('bit')) return '; uint[n](…) of as many bits is right';
  if (kinds.includes('angle')) return ': angles are added to angles, and multiplied or divided by integers';
  return '';
}
