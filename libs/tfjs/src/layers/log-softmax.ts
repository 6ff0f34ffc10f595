import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from './stop-gradient.ts';

/**
 * x − log Σ exp x over `axis`, stable, right to second order. `tf.logSoftmax` and `tf.losses.softmaxCrossEntropy` carry gradients of
 * their own, which no registration reaches, and the gradient of a gradient is wrong in them.
 */
export function logSoftmax<T extends tf.Tensor>(x: T, axis = -1): T {
  const shifted = tf.sub(x, stopGradient(tf.max(x, axis, true)));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), axis, true)));
}
