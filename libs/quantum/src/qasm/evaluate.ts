import { quoted } from '@qloom/tensor/quoted.ts';
import type { Angle } from '../gates/angle.ts';
import type { Budget } from './budget.ts';
import { OpenQasmError } from './errors.ts';
import type { Expression, Instruction, TypeSyntax } from './parsing/syntax.ts';
import { type ClassicalType, MAX_WIDTH, typeText } from './values/classical-type.ts';
import { floatValue, isInteger, isSymbolic, typeOf, type Value } from './values/classical-value.ts';
import { cast, type Fail, toRadians } from './values/convert.ts';
import { callFunction } from './values/functions.ts';
import { binary, unary } from './values/operators.ts';
import { MAX_TERMS } from './values/polynomial.ts';

/** Names that an expression may use, and their values. */
export type Scope = Pick<ReadonlyMap<string, Value>, 'get'>;

/** A scope with additional names, which shadow the same names of the outer scope. */
export function inner(outer: Scope, names: Iterable<readonly [string, Value]>): Scope {
  const own = new Map(names);
  return { get: (name) => own.get(name) ?? outer.get(name) };
}

const CONSTANTS: Readonly<Record<2 | 3, ReadonlyMap<string, Value>>> = {
  2: new Map([['pi', floatValue(Math.PI)]]),
  3: new Map([
    ['pi', floatValue(Math.PI)],
    ['π', floatValue(Math.PI)],
    ['tau', floatValue(2 * Math.PI)],
    ['τ', floatValue(2 * Math.PI)],
    ['euler', floatValue(Math.E)],
    ['ℇ', floatValue(Math.E)],
  ]),
};

/** Whether a version of OpenQASM has a constant of this name. */
export const isConstant = (name: string, version: 2 | 3): boolean => CONSTANTS[version].has(name);

/** Context for the evaluation of expressions. */
export interface EvaluationContext {
  readonly file: string;
  readonly version: 2 | 3;
  readonly budget: Budget;
}

/**
 * An expression's value and its type, by the types of its parts; a float may be a polynomial of inputs. Throws OpenQasmError
 * where a name is unknown, an operator or function is not defined for its operands, an integer overflows, or the value is not
 * finite.
 */
function evaluate(expression: Expression, scope: Scope, context: EvaluationContext): Value {
  const stack: Value[] = [];
  let at = expression[0];
  const fail: Fail = (message) => {
    throw new OpenQasmError(context.file, at, message);
  };
  for (const instruction of expression) {
    at = instruction;
    const count = operandsOf(instruction);
    const operands = count === 0 ? NONE : stack.splice(-count);
    context.budget.step(instruction, costOf(operands));
    stack.push(apply(instruction, operands, scope, context, fail));
  }
  return stack[0];
}

const NONE: readonly Value[] = [];

const operandsOf = (instruction: Instruction): number => {
  if (instruction.kind === 'binary') return 2;
  if (instruction.kind === 'unary' || instruction.kind === 'cast') return 1;
  return instruction.kind === 'call' ? instruction.count : 0;
};

const termsOf = (value: Value): number => (value.kind === 'float' ? value.value.terms.length : 0);

/** One step, plus the number of the operands' terms, plus that of the product's terms for two operands. */
function costOf(operands: readonly Value[]): number {
  if (!operands.some(isSymbolic)) return 1;
  const terms = operands.map(termsOf);
  return 1 + terms.reduce((sum, count) => sum + count, 0) + (terms.length === 2 ? terms[0] * terms[1] : 0);
}

function apply(
  instruction: Instruction,
  operands: readonly Value[],
  scope: Scope,
  context: EvaluationContext,
  fail: Fail,
): Value {
  const { version } = context;
  switch (instruction.kind) {
    case 'literal':
      return instruction.value;
    case 'name':
      return (
        scope.get(instruction.name) ??
        CONSTANTS[version].get(instruction.name) ??
        fail(`${quoted(instruction.name, "'")} is not a constant, an input or an angle of this gate`)
      );
    case 'unary':
      return unary(instruction.operator, operands[0], fail);
    case 'binary': {
      const [left, right] = operands;
      if (Math.max(termsOf(left) + termsOf(right), termsOf(left) * termsOf(right)) > MAX_TERMS) {
        return fail(`an angle of more than ${MAX_TERMS} terms`);
      }
      return binary(instruction.operator, left, right, fail);
    }
    case 'cast':
      return cast(operands[0], resolveType(instruction.type, scope, context), fail);
    case 'call':
      return callFunction(instruction.name, operands, version, fail);
  }
}

/** A constant expression's value. Throws OpenQasmError if it depends on an input, which is not allowed for `what`. */
export function evaluateConstant(
  expression: Expression,
  scope: Scope,
  context: EvaluationContext,
  what: string,
): Value {
  const value = evaluate(expression, scope, context);
  if (!isSymbolic(value)) return value;
  throw new OpenQasmError(context.file, positionOf(expression), `${what} cannot depend on an input`);
}

/**
 * A constant integer. OpenQASM 2 has only reals; those without a fraction are accepted. Throws OpenQasmError, which
 * names `what` as the expression that must be an integer.
 */
export function evaluateInteger(
  expression: Expression,
  scope: Scope,
  context: EvaluationContext,
  what: string,
): bigint {
  const value = evaluateConstant(expression, scope, context, what);
  if (isInteger(value)) return value.value;
  if (context.version === 2 && value.kind === 'float' && Number.isInteger(value.value.constant)) {
    return BigInt(value.value.constant);
  }
  const is = context.version === 2 && value.kind === 'float' ? String(value.value.constant) : typeText(typeOf(value));
  throw new OpenQasmError(context.file, positionOf(expression), `${what} is an integer, not ${is}`);
}

/** The radians of a gate's argument. Throws OpenQasmError. */
export function evaluateAngle(expression: Expression, scope: Scope, context: EvaluationContext): Angle {
  return toRadians(evaluate(expression, scope, context), (message) => {
    throw new OpenQasmError(context.file, positionOf(expression), message);
  });
}

/** The position for messages about a whole expression: that of its last operation. */
export const positionOf = (expression: Expression): Instruction => expression[expression.length - 1];

/** The type that a program names. Throws OpenQasmError if the type does not have this width. */
export function resolveType(syntax: TypeSyntax, scope: Scope, context: EvaluationContext): ClassicalType {
  const { kind } = syntax;
  if (syntax.width === undefined) return kind === 'bool' || kind === 'bit' ? { kind: 'bool' } : { kind, width: null };
  const width = evaluateInteger(syntax.width, scope, context, 'a width');
  const fail = (right: string): never => {
    throw new OpenQasmError(context.file, positionOf(syntax.width as Expression), `a width of ${width}; ${right}`);
  };
  if (kind === 'float') {
    if (width === 32n || width === 64n) return { kind, width: width === 32n ? 32 : 64 };
    return fail('float[32] and float[64] are right');
  }
  if (kind === 'bool') return fail('bool has none');
  if (width < 1n || width > MAX_WIDTH) return fail(`${kind}[1] to ${kind}[${MAX_WIDTH}] are right`);
  return { kind, width: Number(width) };
}
