import { MAX_GATES } from './budget.ts';
import type { SourcePosition } from './errors.ts';
import { stepped } from './registers.ts';
import type { Expression, ForLoop } from './syntax.ts';

/** The values that a loop's variable takes. `number` evaluates a constant, `fail` throws. */
export function loopValues(
  statement: ForLoop,
  number: (expression: Expression) => number,
  fail: (position: SourcePosition, message: string) => never,
): number[] {
  const { range } = statement;
  if ('values' in range) return range.values.map(number);
  const bounds = range.bounds.map(number);
  const values = stepped(bounds[0], bounds.length === 3 ? bounds[1] : 1, bounds[bounds.length - 1], MAX_GATES);
  return values ?? fail(statement, `a loop of more than ${MAX_GATES} rounds, or with a step of 0`);
}
