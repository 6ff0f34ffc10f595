import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

/** One operation of a random graph: its name, and numbers that select operands, axes and sizes. */
interface Instruction {
  readonly operation: string;
  readonly picks: readonly number[];
}

/** A random composition of broadcasting, reductions, products and changes of shape. */
export interface RandomGraph {
  readonly shapes: readonly (readonly number[])[];
  readonly instructions: readonly Instruction[];
  readonly seed: number;
}

type Operation = (a: tf.Tensor, b: tf.Tensor, pick: (count: number) => number) => tf.Tensor;

const flag = (pick: (count: number) => number) => pick(2) === 1;

/** Whether `a` and `b` broadcast. */
const broadcast = (a: tf.Tensor, b: tf.Tensor): boolean => {
  const rank = Math.min(a.rank, b.rank);
  return Array.from({ length: rank }, (_, i) => [a.shape[a.rank - 1 - i], b.shape[b.rank - 1 - i]]).every(
    ([x, y]) => x === y || x === 1 || y === 1,
  );
};

/** `f` of two operands; if they do not broadcast, of the first and the mean of the second. */
const paired =
  (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operation =>
  (a, b) =>
    f(a, broadcast(a, b) ? b : tf.mean(b));

const rows = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [-1, x.shape[x.rank - 1] ?? 1]);

const reduced =
  (f: (x: tf.Tensor, axes: number[], keep: boolean) => tf.Tensor): Operation =>
  (a, _b, pick) => {
    const axes = a.shape.map((_, i) => i).filter(() => flag(pick));
    return f(a, axes, flag(pick));
  };

/** `f` of an operand that has axes. */
const along =
  (f: (a: tf.Tensor, pick: (count: number) => number) => tf.Tensor): Operation =>
  (a, _b, pick) =>
    a.rank === 0 ? a : f(a, pick);

const product: Operation = (a, b, pick) => {
  const [left, right] = [rows(a), rows(b)];
  const [transposeA, transposeB] = [flag(pick), flag(pick)];
  const inner = left.shape[transposeA ? 0 : 1];
  const fits = right.shape[transposeB ? 1 : 0] === inner;
  return fits ? tf.matMul(left, right, transposeA, transposeB) : tf.matMul(left, left, !transposeB, transposeB);
};

/** Smooth operations, so that a rounding error never decides which way a gradient goes. */
const smooth: Record<string, Operation> = {
  add: paired(tf.add),
  sub: paired(tf.sub),
  mul: paired(tf.mul),
  div: paired((a, b) => tf.div(a, tf.add(tf.square(b), 0.5))),
  'squared difference': paired(tf.squaredDifference),
  tanh: (a) => tf.tanh(a),
  sigmoid: (a) => tf.sigmoid(a),
  softplus: (a) => tf.softplus(a),
  'square root': (a) => tf.sqrt(tf.add(tf.square(a), 0.5)),
  sum: reduced((x, axes, keep) => tf.sum(x, axes, keep)),
  mean: reduced((x, axes, keep) => tf.mean(x, axes, keep)),
  'log of the sum of exponentials': reduced((x, axes, keep) => tf.logSumExp(tf.tanh(x), axes, keep)),
  softmax: along((a) => tf.softmax(a)),
  'matrix product': product,
  transpose: (a) => tf.transpose(a),
  flatten: (a) => tf.reshape(a, [-1]),
  'more dimensions': (a, _b, pick) => (a.rank > 3 ? a : tf.expandDims(a, pick(a.rank + 1))),
  concat: (a, b, pick) => {
    const axis = pick(Math.max(1, a.rank));
    const fits = a.rank === b.rank && a.rank > 0 && a.shape.every((size, i) => i === axis || size === b.shape[i]);
    return a.rank === 0 ? tf.stack([a, a]) : tf.concat([a, fits ? b : tf.neg(a)], axis);
  },
  slice: along((a, pick) => {
    const begin = a.shape.map((size) => pick(size));
    const sizes = a.shape.map((size, i) => 1 + pick(size - begin[i]));
    return tf.slice(a, begin, sizes);
  }),
  reverse: along((a, pick) => tf.reverse(a, pick(a.rank))),
  pad: along((a, pick) => {
    const widths = a.shape.map((): [number, number] => [pick(2), pick(2)]);
    return a.rank > 4 ? a : tf.pad(a, widths);
  }),
  tile: along((a, pick) => {
    const repetitions = a.shape.map(() => 1 + pick(2));
    return tf.tile(a, repetitions);
  }),
};

/** Operations with a kink: only on inputs, which have no rounding error. */
const kinked: Record<string, Operation> = {
  relu: (a) => tf.relu(a),
  abs: (a) => tf.abs(a),
  maximum: paired(tf.maximum),
  max: reduced((x, axes, keep) => tf.max(x, axes, keep)),
  where: paired((a, b) => tf.where(tf.greater(a, b), a, tf.mul(b, 2))),
};

/** Tensors above this size are averaged, so that a chain of tilings stays small. */
const LARGE = 400;

/** Maps a number of an operand to the range in which float32 is accurate. */
const bounded = (x: tf.Tensor): tf.Tensor => tf.mul(tf.tanh(tf.mul(x, 0.3)), 2);

/** Computes the graph from its inputs: a number to which every input and instruction contributes. */
export function evaluate({ instructions }: RandomGraph, inputs: readonly tf.Tensor[]): tf.Tensor {
  const pool = [...inputs];
  for (const { operation, picks } of instructions) {
    let next = 0;
    const pick = (count: number) => picks[next++ % picks.length] % count;
    const from = operation in kinked ? inputs : pool;
    const [a, b] = [from[from.length - 1 - pick(from.length)], from[pick(from.length)]];
    const made = (kinked[operation] ?? smooth[operation])(a, b, pick);
    pool.push(bounded(made.size > LARGE ? tf.mean(made, 0) : made));
  }
  return pool.reduce((sum, x) => tf.add(sum, tf.mean(x)), tf.scalar(0) as tf.Tensor);
}

/** Graphs of up to twelve operations on one to three inputs. */
export const randomGraph: fc.Arbitrary<RandomGraph> = fc.record({
  shapes: fc.array(fc.array(fc.constantFrom(1, 2, 3), { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  instructions: fc.array(
    fc.record({
      operation: fc.constantFrom(...Object.keys(smooth), ...Object.keys(kinked)),
      picks: fc.array(fc.nat(60), { minLength: 8, maxLength: 8 }),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  seed: fc.nat(1_000_000),
});
