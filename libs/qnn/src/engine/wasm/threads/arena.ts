import type { TaskArrays } from '../task.ts';

type Lengths = Readonly<Record<keyof TaskArrays, number>>;

/** Arrays begin at multiples of a cache line, so that threads do not write to the same line. */
const LINE_NUMBERS = 8;

const spaceOf = (length: number) => Math.ceil(length / LINE_NUMBERS) * LINE_NUMBERS;

/** Size of arrays of these lengths. Unit: bytes. */
export const arenaBytes = (lengths: Lengths): number =>
  Object.values(lengths).reduce((total, length) => total + 8 * spaceOf(length), 0);

/**
 * Creates the arrays of tasks in a buffer, and reuses those of the previous task if nothing has changed. The positions
 * depend only on the lengths, so they are the same on all threads.
 */
export function createArenaView(): (buffer: SharedArrayBuffer, lengths: Lengths) => TaskArrays {
  let last: { buffer: SharedArrayBuffer; lengths: Lengths; arrays: TaskArrays } | undefined;
  return (buffer, lengths) => {
    if (last?.buffer !== buffer || !isSame(last.lengths, lengths)) {
      last = { buffer, lengths, arrays: arraysIn(buffer, lengths) };
    }
    return last.arrays;
  };
}

function isSame(a: Lengths, b: Lengths): boolean {
  for (const name in a) if (a[name as keyof Lengths] !== b[name as keyof Lengths]) return false;
  return true;
}

function arraysIn(buffer: SharedArrayBuffer, lengths: Lengths): TaskArrays {
  let at = 0;
  const next = (length: number) => {
    const from = at;
    at += 8 * spaceOf(length);
    return from;
  };
  const numbers = (length: number) => new Float64Array(buffer, next(length), length);
  return {
    parameters: numbers(lengths.parameters),
    inputs: numbers(lengths.inputs),
    cotangents: numbers(lengths.cotangents),
    targets: numbers(lengths.targets),
    labels: new Int32Array(buffer, next(lengths.labels), lengths.labels),
    adam: numbers(lengths.adam),
    expectations: numbers(lengths.expectations),
    terms: numbers(lengths.terms),
    inputGradients: numbers(lengths.inputGradients),
    probabilities: numbers(lengths.probabilities),
    losses: numbers(lengths.losses),
  };
}
