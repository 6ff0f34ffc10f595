import * as tf from '@tensorflow/tfjs-core';

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

/**
 * Gradients of the commonest operations without the casts and reshapes to what is already there, which stock TensorFlow.js always
 * makes: for small networks a kernel costs its call, and these were a third of all calls.
 */
export const LEAN_GRADIENTS: readonly tf.GradConfig[] = [add, subtract, multiply, square];
