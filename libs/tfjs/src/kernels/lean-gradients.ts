import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../layers/stop-gradient.ts';

const asFloat = (x: tf.Tensor): tf.Tensor => (x.dtype === 'float32' ? x : tf.cast(x, 'float32'));

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** The gradient of a broadcast: sums what was repeated. */
export function sumToShape(x: tf.Tensor, shape: number[]): tf.Tensor {
  if (sameShape(x.shape, shape)) return x;
  const axes = tf.broadcast_util.getReductionAxes(shape, x.shape);
  const summed = axes.length > 0 ? tf.sum(x, axes) : x;
  return sameShape(summed.shape, shape) ? summed : tf.reshape(summed, shape);
}

const add: tf.GradConfig = {
  kernelName: 'Add',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => ({
    a: () => sumToShape(dy as tf.Tensor, a.shape),
    b: () => sumToShape(dy as tf.Tensor, b.shape),
  }),
};

const subtract: tf.GradConfig = {
  kernelName: 'Sub',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => ({
    a: () => sumToShape(dy as tf.Tensor, a.shape),
    b: () => sumToShape(tf.neg(dy as tf.Tensor), b.shape),
  }),
};

const multiply: tf.GradConfig = {
  kernelName: 'Multiply',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => ({
    a: () => sumToShape(tf.mul(dy as tf.Tensor, asFloat(b)), a.shape),
    b: () => sumToShape(tf.mul(dy as tf.Tensor, asFloat(a)), b.shape),
  }),
};

const square: tf.GradConfig = {
  kernelName: 'Square',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.mul(asFloat(x), 2)) }),
};

/** The gradient goes to `a` where it is selected, elsewhere to `b`; the selection is a constant to gradients. */
function choice(kernelName: 'Maximum' | 'Minimum', wins: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => {
      const mask = () => tf.cast(wins(stopGradient(a), stopGradient(b)), 'float32');
      return {
        a: () => sumToShape(tf.mul(dy as tf.Tensor, stopGradient(mask())), a.shape),
        b: () => sumToShape(tf.mul(dy as tf.Tensor, stopGradient(tf.sub(1, mask()))), b.shape),
      };
    },
  };
}

const squaredDifference: tf.GradConfig = {
  kernelName: 'SquaredDifference',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => {
    const slope = () => tf.mul(dy as tf.Tensor, tf.mul(tf.sub(a, b), 2));
    return { a: () => sumToShape(slope(), a.shape), b: () => sumToShape(tf.neg(slope()), b.shape) };
  },
};

const batchMatMul: tf.GradConfig = {
  kernelName: 'BatchMatMul',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b], attributes) => {
    const { transposeA, transposeB } = attributes as { transposeA?: boolean; transposeB?: boolean };
    const given = dy as tf.Tensor;
    const ofA = () => (transposeA ? tf.matMul(b, given, transposeB, true) : tf.matMul(given, b, false, !transposeB));
    const ofB = () => (transposeB ? tf.matMul(given, a, true, transposeA) : tf.matMul(a, given, !transposeA, false));
    return { a: () => sumToShape(ofA(), a.shape), b: () => sumToShape(ofB(), b.shape) };
  },
};

interface Pooling {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Size of the window over the number of its places inside the input, [1, outHeight, outWidth, 1]. */
function edgeCorrection(x: tf.Tensor, { filterSize, strides, pad, dimRoundingMode }: Pooling): tf.Tensor {
  const shape = x.shape as [number, number, number, number];
  const window = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { outHeight, outWidth, filterHeight, filterWidth, padInfo } = window;
  const inside = (position: number, stride: number, before: number, taps: number, extent: number) => {
    const begin = position * stride - before;
    return Math.min(begin + taps, extent) - Math.max(begin, 0);
  };
  const ratios = Array.from({ length: outHeight * outWidth }, (_, i) => {
    const row = Math.floor(i / outWidth);
    const height = inside(row, window.strideHeight, padInfo.top, filterHeight, window.inHeight);
    const width = inside(i % outWidth, window.strideWidth, padInfo.left, filterWidth, window.inWidth);
    return (filterHeight * filterWidth) / (height * width);
  });
  return tf.tensor4d(ratios, [1, outHeight, outWidth, 1]);
}

/**
 * The kernel AvgPoolGrad divides by the size of the window, and AvgPool by the number of its places inside the input.
 */
const averagePool: tf.GradConfig = {
  kernelName: 'AvgPool',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => {
    const pooling = attributes as unknown as Pooling;
    const given = pooling.pad === 'valid' ? (dy as tf.Tensor) : tf.mul(dy as tf.Tensor, edgeCorrection(x, pooling));
    return { x: () => tf.engine().runKernel('AvgPoolGrad', { dy: given, input: x }, attributes) as tf.Tensor };
  },
};

/** A comparison is constant almost everywhere. */
const flat = (kernelName: string): tf.GradConfig => ({
  kernelName,
  inputsToSave: ['a', 'b'],
  gradFunc: (_dy, [a, b]) => ({
    a: () => tf.zeros(a.shape),
    b: () => tf.zeros(b.shape),
  }),
});

/**
 * Gradients that stock TensorFlow.js lacks or gets wrong: those of Maximum, Minimum, SquaredDifference and BatchMatMul throw where
 * an operand is broadcast, AvgPool's is too small at a padded edge, and comparisons have none, so that the gradient of `tf.where`
 * throws.
 */
export const MISSING_GRADIENTS: readonly tf.GradConfig[] = [
  choice('Maximum', tf.greaterEqual),
  choice('Minimum', tf.lessEqual),
  squaredDifference,
  batchMatMul,
  averagePool,
  ...['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual'].map(flat),
];

/**
 * Gradients of the most common operations without the casts and reshapes to the same type and shape that stock
 * TensorFlow.js always makes: for small networks the cost of a kernel is its call, and these were a third of all calls.
 */
export const LEAN_GRADIENTS: readonly tf.GradConfig[] = [add, subtract, multiply, square];
