import * as tf from '@tensorflow/tfjs-core';
import { createCases, float, type KernelCases } from './kernel-case.ts';

const { cases, differentiable, valuesOnly } = createCases();
const add = differentiable;

for (const [name, f] of Object.entries({ sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod })) {
  // The stock gradient of prod needs a part of TensorFlow.js that is not loaded here.
  const add = name === 'prod' ? valuesOnly : differentiable;
  add(`${name} over all`, [[2, 3, 4]], (x) => tf.mul(f(x), x));
  add(`${name} over the last axis`, [[3, 4]], (x) => f(x, -1));
  add(`${name} over one axis, kept`, [[3, 4]], (x) => tf.mul(f(x, 0, true), x));
}
for (const [name, f] of Object.entries({ sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min })) {
  add(`${name} over two axes`, [[3, 4, 5]], (x) => f(x, [0, 2]));
}
valuesOnly('any and all', [[5, 6]], (x) =>
  tf.stack([float(tf.any(tf.greater(x, 1), 1)), float(tf.all(tf.greater(x, -1), 1))]),
);
valuesOnly('sum of booleans', [[5, 6]], (x) => float(tf.sum(tf.greater(x, 0), 1)));
valuesOnly('argMax and argMin', [[5, 6]], (x) => tf.stack([float(tf.argMax(x, 1)), float(tf.argMin(x, 1))]));
add('cumsum', [[5, 6]], (x) => tf.cumsum(x, 1));
add('cumsum, exclusive, reversed', [[5, 6]], (x) => tf.cumsum(x, 1, true, true));
valuesOnly('cumprod', [[5, 7]], (x) =>
  tf.stack([tf.cumprod(x, 1), tf.cumprod(x, 1, true), tf.cumprod(x, 1, false, true), tf.cumprod(x, 1, true, true)]),
);
add('softmax', [[5, 7]], (x) => tf.softmax(x));
add('logSoftmax', [[5, 7]], (x) => tf.logSoftmax(x));
add('logSumExp', [[5, 7]], (x) => tf.logSumExp(x, 1));
valuesOnly('topk', [[5, 7]], (x) => {
  const { values, indices } = tf.topk(x, 3);
  return tf.stack([values, float(indices)]);
});
add('norms', [[5, 6]], (x) => tf.add(tf.add(tf.norm(x, 1), tf.norm(x, Infinity)), tf.norm(x)));

/** Reductions and scans. */
export const REDUCTIONS: KernelCases = cases;
