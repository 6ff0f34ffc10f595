import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../layers/stop-gradient.ts';
import { leakyReluGradient } from './leaky-relu.ts';
import { LEAN_GRADIENTS, MISSING_GRADIENTS, sumToShape } from './lean-gradients.ts';

/**
 * A gradient as a function of the saved *inputs*. Stock TensorFlow.js 4.22 lets Tanh, Sigmoid, Exp, Elu, Softmax, LogSoftmax
 * and Pow use their saved outputs, and a saved output is a constant for the gradient of a gradient: silently wrong.
 */
type Gradient = tf.GradConfig;

const last = (attributes: unknown, name: string): number =>
  (attributes as Record<string, number | undefined>)[name] ?? -1;

/** 1 where the condition holds and 0 elsewhere, as float32, and a constant to gradients. */
const indicator = (condition: tf.Tensor): tf.Tensor => stopGradient(tf.cast(condition, 'float32'));

const tanh: Gradient = {
  kernelName: 'Tanh',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.sub(1, tf.square(tf.tanh(x)))) }),
};

const sigmoid: Gradient = {
  kernelName: 'Sigmoid',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({
    x: () => {
      const y = tf.sigmoid(x);
      return tf.mul(dy as tf.Tensor, tf.mul(y, tf.sub(1, y)));
    },
  }),
};

const exp: Gradient = {
  kernelName: 'Exp',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.exp(x)) }),
};

// elu'(x) = exp(min(x, 0)); min(x, 0) = −relu(−x).
const elu: Gradient = {
  kernelName: 'Elu',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.exp(tf.neg(tf.relu(tf.neg(x))))) }),
};

const leakyRelu: Gradient = {
  kernelName: 'LeakyRelu',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => {
    const { alpha } = attributes as { alpha: number };
    return { x: () => leakyReluGradient(dy as tf.Tensor, x, alpha) };
  },
};

const selu: Gradient = {
  kernelName: 'Selu',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({
    x: () => {
      const scale = 1.0507009873554805;
      const scaleAlpha = 1.7580993408473768;
      const positive = indicator(tf.greater(stopGradient(x), 0));
      const negativeSlope = tf.mul(
        tf.exp(tf.neg(tf.relu(tf.neg(x)))),
        tf.sub(scaleAlpha, tf.mul(positive, scaleAlpha)),
      );
      return tf.mul(dy as tf.Tensor, tf.add(tf.mul(positive, scale), negativeSlope));
    },
  }),
};

const softmax: Gradient = {
  kernelName: 'Softmax',
  inputsToSave: ['logits'],
  gradFunc: (dy, [logits], attributes) => ({
    logits: () => {
      const dim = last(attributes, 'dim');
      const y = tf.softmax(logits, dim);
      const weighted = tf.mul(dy as tf.Tensor, y);
      return tf.sub(weighted, tf.mul(tf.sum(weighted, dim, true), y));
    },
  }),
};

const logSoftmax: Gradient = {
  kernelName: 'LogSoftmax',
  inputsToSave: ['logits'],
  gradFunc: (dy, [logits], attributes) => ({
    logits: () => {
      const axis = last(attributes, 'axis');
      return tf.sub(dy as tf.Tensor, tf.mul(tf.sum(dy as tf.Tensor, axis, true), tf.softmax(logits, axis)));
    },
  }),
};

const pow: Gradient = {
  kernelName: 'Pow',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [base, exponent]) => ({
    a: () => sumToShape(tf.mul(dy as tf.Tensor, tf.mul(exponent, tf.pow(base, tf.sub(exponent, 1)))), base.shape),
    b: () => {
      // d/db a^b = a^b log a, and 0 where a ≤ 0. The base is replaced by 1 there, so that no NaN of log reaches a
      // gradient.
      const positive = indicator(tf.greater(stopGradient(base), 0));
      const safe = tf.add(tf.mul(base, positive), tf.sub(1, positive));
      return sumToShape(tf.mul(dy as tf.Tensor, tf.mul(tf.pow(base, exponent), tf.log(safe))), exponent.shape);
    },
  }),
};

/** Max and Min pass the gradient to every element that attains the extremum, as stock does; the mask is a constant. */
function extremum(kernelName: 'Max' | 'Min', axisAttribute: string): Gradient {
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => {
        const given = (attributes as Record<string, number | number[] | null | undefined>)[axisAttribute];
        const axes = tf.util.parseAxisParam(given as number | number[], x.shape);
        const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
        const detached = stopGradient(x);
        const extreme = kernelName === 'Max' ? tf.max(detached, axes, true) : tf.min(detached, axes, true);
        return tf.mul(tf.reshape(dy as tf.Tensor, kept), indicator(tf.equal(detached, extreme)));
      },
    }),
  };
}

const GRADIENTS: readonly Gradient[] = [
  tanh,
  sigmoid,
  exp,
  elu,
  leakyRelu,
  selu,
  softmax,
  logSoftmax,
  pow,
  extremum('Max', 'reductionIndices'),
  extremum('Min', 'axis'),
];

let registered = false;

/** Replaces the stock gradients whose own gradients are wrong, or throw, by ones that are correct to second order. */
export function registerSecondOrderGradients(): void {
  if (registered) return;
  registered = true;
  for (const gradient of [...GRADIENTS, ...MISSING_GRADIENTS, ...LEAN_GRADIENTS]) {
    if (tf.getGradient(gradient.kernelName)) tf.unregisterGradient(gradient.kernelName);
    tf.registerGradient(gradient);
  }
}
