import { CompileError } from '../errors.ts';
import { type Numbers, sameShape } from './graph.ts';
import type { Trace, TracedConstant } from './trace.ts';

function sameNumbers(a: Numbers, b: Numbers): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** The first constant that differs between two traces; the length of the shorter list if one is longer. */
function firstDifference(a: readonly TracedConstant[], b: readonly TracedConstant[]): number | undefined {
  const same = (x: TracedConstant, y: TracedConstant) =>
    sameShape(x.shape, y.shape) && x.numbers.length === y.numbers.length && sameNumbers(x.numbers, y.numbers);
  const index = a.findIndex((constant, i) => !b[i] || !same(constant, b[i]));
  if (index >= 0) return index;
  return b.length > a.length ? a.length : undefined;
}

/**
 * Throws {@link CompileError} HIDDEN_STATE unless two traces of a function made the same constants and the same graph,
 * because differences would be frozen into the graph. `retrace` traces once more, with the source lines of constants.
 */
export function assertPure(first: Trace, second: Trace, retrace: () => Trace): void {
  const index = firstDifference(first.constants, second.constants);
  const sameCalls =
    first.calls.length === second.calls.length && first.calls.every((call, i) => call === second.calls[i]);
  if (index === undefined && sameCalls && first.hostNumbers.length === second.hostNumbers.length) return;
  const site = index === undefined ? undefined : retrace().constants[index]?.site;
  const shape = index === undefined ? undefined : (second.constants[index] ?? first.constants[index])?.shape;
  const what =
    index === undefined ? 'the sequence of operations' : `a constant of shape [${shape}]${site?.where ?? ''}`;
  const by = site?.operation === undefined ? '' : `, made by ${site.operation},`;
  throw new CompileError(
    'HIDDEN_STATE',
    `compile: ${what}${by} differs from one trace of the function to the next: it is drawn at random, or depends on state of ` +
      'JavaScript, and would be frozen. Pass it as an argument, or by hostInput.',
  );
}
