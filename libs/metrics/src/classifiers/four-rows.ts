import type { Matrix } from '../matrix.ts';
import type { Layer } from './softmax-network.ts';

/**
 * Products of a layer with four rows at a time. Four sums do not wait for one another, as the terms of one sum do; each sum has the
 * order of its terms, so that the results are those of one row after the other to the last bit. Values of four rows lie as
 * [columns, 4].
 */
export const ROWS_AT_ONCE = 4;

/** The rows in groups of four, shape [⌈count/4⌉, features, 4]; rows of zeros fill the last group. */
export function groupedRows({ count, features, values }: Matrix): Float64Array {
  const out = new Float64Array(Math.ceil(count / ROWS_AT_ONCE) * ROWS_AT_ONCE * features);
  for (let row = 0; row < count; row++) {
    const group = (row - (row % ROWS_AT_ONCE)) * features + (row % ROWS_AT_ONCE);
    for (let j = 0; j < features; j++) out[group + ROWS_AT_ONCE * j] = values[row * features + j];
  }
  return out;
}

/** W·x + b of the group at `from` of `x`, into `out`, shape [outputs, 4]. */
export function applyToFour(
  { inputs, outputs, weights, biases }: Layer,
  x: Float64Array,
  from: number,
  out: Float64Array,
): void {
  let w = 0;
  for (let o = 0; o < outputs; o++) {
    let a = biases[o];
    let b = a;
    let c = a;
    let d = a;
    for (let at = from, end = from + 4 * inputs; at < end; at += 4) {
      const weight = weights[w++];
      a += weight * x[at];
      b += weight * x[at + 1];
      c += weight * x[at + 2];
      d += weight * x[at + 3];
    }
    const to = 4 * o;
    out[to] = a;
    out[to + 1] = b;
    out[to + 2] = c;
    out[to + 3] = d;
  }
}

/** Adds the gradient of a layer's parameters to `slope`: `back` are the slopes of its outputs, shape [outputs, 4]. */
export function addSlopesOfFour(
  { inputs, outputs, weights, biases }: Layer,
  x: Float64Array,
  from: number,
  back: Float64Array,
): void {
  for (let o = 0; o < outputs; o++) {
    const a = back[4 * o];
    const b = back[4 * o + 1];
    const c = back[4 * o + 2];
    const d = back[4 * o + 3];
    if (a === 0 && b === 0 && c === 0 && d === 0) continue;
    biases[o] = biases[o] + a + b + c + d;
    let w = o * inputs;
    for (let at = from, end = from + 4 * inputs; at < end; at += 4) {
      weights[w] = weights[w] + a * x[at] + b * x[at + 1] + c * x[at + 2] + d * x[at + 3];
      w++;
    }
  }
}
