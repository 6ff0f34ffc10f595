import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from './stop-gradient.ts';

/** A vector of length 1 along x. */
const unit = (x: tf.Tensor2D): tf.Tensor2D => tf.div(x, tf.add(tf.sqrt(tf.sum(tf.square(x))), 1e-12));

/**
 * w / σ(w), σ the largest singular value of `w` seen as a matrix [everything else, outputs], estimated by one power
 * iteration from `u` [1, outputs] (Miyato et al., 2018, algorithm 1). The singular vectors are constants to gradients,
 * σ is not. `next` is `u` after the iteration: with it as the next step's `u`, the estimate improves from step to step.
 */
export function spectralNormalize<T extends tf.Tensor>(w: T, u: tf.Tensor2D): { normalized: T; next: tf.Tensor2D } {
  const matrix = tf.reshape(w, [-1, w.shape[w.shape.length - 1]]) as tf.Tensor2D;
  const constant = stopGradient(matrix);
  const left = unit(tf.matMul(stopGradient(u), constant, false, true));
  const right = unit(tf.matMul(left, constant));
  const sigma = tf.reshape(tf.matMul(tf.matMul(left, matrix), right, false, true), []);
  return { normalized: tf.div(w, sigma), next: stopGradient(right) };
}
