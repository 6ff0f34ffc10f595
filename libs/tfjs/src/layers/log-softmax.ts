import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from './stop-gradient.ts';

/**
 * x − log Σ exp x over `axis`, stable, correct to second order. `tf.logSoftmax` and `tf.losses.softmaxCrossEntropy`
 * have custom gradients, which no registration can replace, and whose own gradients are wrong.
 */
export function logSoftmax<T extends tf.Tensor>(x: T, axis = -1): T {
  const shifted = tf.sub(x, stopGradient(tf.max(x, axis, true)));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), axis, true)));
}
