import { type Angle, type AngleTerm, collected, constant, scaled, sum } from '../angle.ts';
import type { Budget } from './budget.ts';
import { OpenQasmError } from './errors.ts';
import type { Expression } from './syntax.ts';

/** Names that an expression may use, and what they stand for. */
export type Scope = Pick<ReadonlyMap<string, Angle>, 'get'>;

/** A scope with further names, which hide those of the same name around it. */
export function inner(outer: Scope, names: Iterable<readonly [string, Angle]>): Scope {
  const own = new Map(names);
  return { get: (name) => own.get(name) ?? outer.get(name) };
}

const CONSTANTS: Readonly<Record<string, number>> = {
  pi: Math.PI,
  π: Math.PI,
  tau: 2 * Math.PI,
  τ: 2 * Math.PI,
  euler: Math.E,
  ℇ: Math.E,
};

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  exp: Math.exp,
  ln: Math.log,
  log: Math.log,
  sqrt: Math.sqrt,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  floor: Math.floor,
  ceiling: Math.ceil,
  abs: Math.abs,
  mod: (a, b) => a - b * Math.floor(a / b),
  pow: (a, b) => a ** b,
};

/** What an expression needs to be evaluated. */
export interface EvaluationContext {
  readonly file: string;
  readonly version: 2 | 3;
  readonly budget: Budget;
}

/** The most terms that an angle may have. */
const MAX_TERMS = 10_000;

/**
 * An expression's value: a number where it has no inputs, else a polynomial in them of the degree that angles have. Throws
 * OpenQasmError where a name is unknown, a function meets an input, or the value is not finite.
 */
export function evaluateExpression(expression: Expression, scope: Scope, context: EvaluationContext): Angle {
  const fail = (message: string): never => {
    throw new OpenQasmError(context.file, expression, message);
  };
  const recur = (part: Expression) => {
    const value = evaluateExpression(part, scope, context);
    context.budget.step(part, 1 + value.terms.length);
    return value;
  };
  switch (expression.kind) {
    case 'number':
      return finite(constant(expression.value), fail);
    case 'name': {
      const known = scope.get(expression.name);
      if (known) return known;
      if (Object.hasOwn(CONSTANTS, expression.name)) return constant(CONSTANTS[expression.name]);
      return fail(`'${expression.name}' is not a constant, an input or an angle of this gate`);
    }
    case 'negate':
      return scaled(recur(expression.of), -1);
    case 'binary':
      return finite(combine(expression.operator, recur(expression.left), recur(expression.right), context, fail), fail);
    case 'call': {
      const values = expression.arguments.map(recur);
      if (!Object.hasOwn(FUNCTIONS, expression.name)) {
        return fail(`the function '${expression.name}' is not known; known are ${Object.keys(FUNCTIONS).join(', ')}`);
      }
      if (values.some(isSymbolic)) {
        return fail(`${expression.name} of an input is not supported: angles are polynomials of inputs`);
      }
      const wanted = FUNCTIONS[expression.name].length;
      if (values.length !== wanted) return fail(`${expression.name} takes ${wanted} arguments, not ${values.length}`);
      return finite(constant(FUNCTIONS[expression.name](...values.map((value) => value.constant))), fail);
    }
  }
}

/** A constant expression's value. Throws OpenQasmError where it depends on an input, which `what` may not. */
export function evaluateConstant(
  expression: Expression,
  scope: Scope,
  context: EvaluationContext,
  what: string,
): number {
  const value = evaluateExpression(expression, scope, context);
  if (!isSymbolic(value)) return value.constant;
  throw new OpenQasmError(context.file, expression, `${what} cannot depend on an input`);
}

/** Whether the value depends on an input. */
export const isSymbolic = (value: Angle): boolean => value.terms.length > 0;

function combine(
  operator: string,
  left: Angle,
  right: Angle,
  { version }: EvaluationContext,
  fail: (message: string) => never,
): Angle {
  const numbers = !isSymbolic(left) && !isSymbolic(right);
  if (Math.max(left.terms.length + right.terms.length, left.terms.length * right.terms.length) > MAX_TERMS) {
    return fail(`an angle of more than ${MAX_TERMS} terms`);
  }
  if (operator === '+') return collected(sum(left, right));
  if (operator === '-') return collected(sum(left, scaled(right, -1)));
  if (operator === '*') {
    return multiplyAngles(left, right) ?? fail('a term has at most one parameter and two data inputs as factors');
  }
  if (operator === '/' && !isSymbolic(right)) {
    return right.constant === 0 ? fail('division by zero') : scaled(left, 1 / right.constant);
  }
  if (operator === '^' && version === 3) return fail("'^' is an exclusive or in OpenQASM 3; a power is '**'");
  if (!numbers) return fail(`'${operator}' with an input is not supported: angles are polynomials of inputs`);
  if (operator === '%') return constant(FUNCTIONS.mod(left.constant, right.constant));
  return constant(left.constant ** right.constant);
}

/** The product of two angles where it is one: at most one parameter and two inputs a term. Else null. */
function multiplyAngles(left: Angle, right: Angle): Angle | null {
  const terms: AngleTerm[] = [...scaled(left, right.constant).terms, ...scaled(right, left.constant).terms];
  for (const a of left.terms) {
    for (const b of right.terms) {
      const parameters = [a.parameter, b.parameter].filter((index) => index !== null);
      const inputs = [a.input, a.secondInput, b.input, b.secondInput].filter((index) => index != null);
      if (parameters.length > 1 || inputs.length > 2) return null;
      terms.push({
        coefficient: a.coefficient * b.coefficient,
        parameter: parameters[0] ?? null,
        input: inputs[0] ?? null,
        ...(inputs.length === 2 ? { secondInput: inputs[1] } : {}),
      });
    }
  }
  return collected({ constant: left.constant * right.constant, terms });
}

function finite(value: Angle, fail: (message: string) => never): Angle {
  const all = [value.constant, ...value.terms.map((term) => term.coefficient)];
  return all.every(Number.isFinite) ? value : fail('the value is not a finite number');
}
