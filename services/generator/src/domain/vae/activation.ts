import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../settings.ts';

/** The activation of hidden layers; swish is x·σ(x) (Ramachandran, Zoph and Le, 2017). */
export function activate(activation: Activation, x: tf.Tensor2D): tf.Tensor2D {
  switch (activation) {
    case 'relu':
      return tf.relu(x);
    case 'tanh':
      return tf.tanh(x);
    case 'swish':
      return tf.mul(x, tf.sigmoid(x));
  }
}
