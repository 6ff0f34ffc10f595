import { quoted } from '@qloom/tensor/quoted.ts';
import { radiansOf } from './angle-bits.ts';
import { populationOf, rotated } from './bit-operators.ts';
import { typeText } from './classical-type.ts';
import { floatValue, intValue, isInteger, isSymbolic, typeOf, type Value } from './classical-value.ts';
import { type Fail, fitted, toFloat } from './convert.ts';
import { binary } from './operators.ts';

/** A function of expressions: its number of arguments, and its value; null if it is not defined for their types. */
interface BuiltInFunction {
  readonly arguments: number;
  call(values: readonly Value[], fail: Fail): Value | null;
}

/** A function of floats, and with `ofAngles` also of angles. */
const real = (calculate: (value: number) => number, ofAngles = false): BuiltInFunction => ({
  arguments: 1,
  call([value], fail) {
    if (value.kind === 'bit' || (value.kind === 'angle' && !ofAngles)) return null;
    const argument = value.kind === 'angle' ? radiansOf(value) : toFloat(value, null, fail).value.constant;
    return toFloat(floatValue(calculate(argument)), value.kind === 'float' ? value.width : null, fail);
  },
});

const remainder: BuiltInFunction = {
  arguments: 2,
  call([a, b], fail) {
    if ([a, b].some(({ kind }) => kind === 'bit' || kind === 'angle')) return null;
    if (a.kind !== 'float' && b.kind !== 'float') return binary('%', a, b, fail);
    const [x, y] = [a, b].map((value) => toFloat(value, null, fail).value.constant);
    return y === 0 ? fail('division by zero') : floatValue(x % y);
  },
};

const rotation = (sign: 1n | -1n): BuiltInFunction => ({
  arguments: 2,
  call: ([value, distance]) => (isInteger(distance) ? rotated(value, sign * distance.value) : null),
});

const size: BuiltInFunction = {
  arguments: 1,
  call([value], fail) {
    if (!isInteger(value)) return real(Math.abs).call([value], fail);
    return fitted(value.value < 0n ? -value.value : value.value, { kind: value.kind, width: value.width }, fail);
  },
};

/** The functions of OpenQASM 2; its `ln` is `log` in OpenQASM 3. */
const EITHER: Readonly<Record<string, BuiltInFunction>> = {
  sin: real(Math.sin, true),
  cos: real(Math.cos, true),
  tan: real(Math.tan, true),
  exp: real(Math.exp),
  ln: real(Math.log),
  sqrt: real(Math.sqrt),
};

/** Names that neither version has, but that Qiskit writes. */
const MORE: Readonly<Record<string, BuiltInFunction>> = {
  asin: real(Math.asin),
  acos: real(Math.acos),
  atan: real(Math.atan),
  abs: size,
};

const FUNCTIONS: Readonly<Record<2 | 3, Readonly<Record<string, BuiltInFunction>>>> = {
  2: { ...EITHER, ...MORE },
  3: {
    ...EITHER,
    ...MORE,
    log: real(Math.log),
    arcsin: real(Math.asin),
    arccos: real(Math.acos),
    arctan: real(Math.atan),
    floor: real(Math.floor),
    ceiling: real(Math.ceil),
    mod: remainder,
    popcount: {
      arguments: 1,
      call([value]) {
        const count = populationOf(value);
        return count === null ? null : { ...intValue(count), kind: 'uint' };
      },
    },
    rotl: rotation(1n),
    rotr: rotation(-1n),
  },
};

/** The value of `name(values)`. Throws if there is no such function for these types. */
export function callFunction(name: string, values: readonly Value[], version: 2 | 3, fail: Fail): Value {
  const known = FUNCTIONS[version];
  if (!Object.hasOwn(known, name)) {
    return fail(`the function ${quoted(name, "'")} is not known; known are ${Object.keys(known).join(', ')}`);
  }
  const found = known[name];
  if (values.some(isSymbolic)) {
    return fail(`${name} of an input is not supported: angles are polynomials of inputs`);
  }
  if (values.length !== found.arguments) {
    return fail(`${name} takes ${found.arguments} arguments, not ${values.length}`);
  }
  return (
    found.call(values, fail) ??
    fail(`${name} is not defined for ${values.map((value) => typeText(typeOf(value))).join(' and ')}`)
  );
}
