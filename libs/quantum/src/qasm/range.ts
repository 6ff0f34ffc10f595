import { OpenQasmError, type SourcePosition } from './errors.ts';
import { type EvaluationContext, evaluateConstant, positionOf, resolveType, type Scope } from './evaluate.ts';
import type { Expression, ForLoop } from './parsing/syntax.ts';
import { MAX_GATES } from './source-limits.ts';
import { commonInteger } from './values/classical-type.ts';
import { type IntegerValue, isInteger, type Value } from './values/classical-value.ts';
import { type Fail, fitted, promote } from './values/convert.ts';

/** Equally spaced integers; their number is known before the first is produced. */
export interface IntegerRange {
  readonly first: bigint;
  readonly step: bigint;
  readonly count: bigint;
}

/** first, first + step, … up to and including `last`; null if the step is 0. */
export function integerRange(first: bigint, step: bigint, last: bigint): IntegerRange | null {
  if (step === 0n) return null;
  const distance = step > 0n ? last - first : first - last;
  return { first, step, count: distance < 0n ? 0n : distance / (step > 0n ? step : -step) + 1n };
}

/** The integers of a range, whose number is limited. */
export const integersOf = ({ first, step, count }: IntegerRange): bigint[] =>
  Array.from({ length: Number(count) }, (_, i) => first + step * BigInt(i));

/**
 * The values that a loop's variable takes, in its type. Throws OpenQasmError if bounds are not integers, the step is 0,
 * or there are too many iterations: they are counted and charged to the budget before the first.
 */
export function* loopValues(loop: ForLoop, scope: Scope, context: EvaluationContext): Generator<Value> {
  const type = resolveType(loop.type, scope, context);
  const failAt =
    (position: SourcePosition): Fail =>
    (message) => {
      throw new OpenQasmError(context.file, position, message);
    };
  if ('values' in loop.range) {
    for (const expression of loop.range.values) {
      const value = evaluateConstant(expression, scope, context, 'a loop’s value');
      yield promote(value, type, failAt(positionOf(expression)));
    }
    return;
  }
  const [first, ...rest] = loop.range.bounds.map((bound) => integerBound(bound, scope, context));
  const last = rest[rest.length - 1];
  const fail = failAt(loop);
  const common = commonInteger(first, last);
  const step = rest.length === 2 ? rest[0].value : 1n;
  const range = integerRange(fitted(first.value, common, fail).value, step, fitted(last.value, common, fail).value);
  if (!range) fail('a loop with a step of 0; any other is right');
  else if (range.count > MAX_GATES) fail(`a loop of more than ${MAX_GATES} iterations: it has ${range.count}`);
  else {
    for (let round = 0n; round < range.count; round++) {
      yield promote({ ...common, value: range.first + range.step * round }, type, fail);
    }
  }
}

function integerBound(expression: Expression, scope: Scope, context: EvaluationContext): IntegerValue {
  const value = evaluateConstant(expression, scope, context, 'a loop’s range');
  if (isInteger(value)) return value;
  const what = value.kind === 'float' ? `float (${value.value.constant})` : value.kind;
  throw new OpenQasmError(context.file, positionOf(expression), `the bounds of a range are integers, not ${what}`);
}
