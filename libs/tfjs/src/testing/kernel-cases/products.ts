import * as tf from '@tensorflow/tfjs-core';
import { createCases, type KernelCases } from './kernel-case.ts';

const { cases, differentiable, valuesOnly } = createCases();
const add = differentiable;

add(
  'matMul',
  [
    [5, 7],
    [7, 9],
  ],
  (a, b) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
);
add(
  'matMul, transposed',
  [
    [7, 5],
    [9, 7],
  ],
  (a, b) => tf.matMul(a, b, true, true),
);
add(
  'matMul, second transposed, large',
  [
    [70, 100],
    [60, 100],
  ],
  (a, b) => tf.matMul(a, b, false, true),
);
add(
  'matMul in batches',
  [
    [4, 6, 5],
    [4, 5, 7],
  ],
  (a, b) => tf.matMul(a, b),
);
add(
  'matMul in batches, transposed',
  [
    [4, 6, 5],
    [4, 7, 6],
  ],
  (a, b) => tf.matMul(a, b, true, true),
);
add(
  'matMul of a batch and a matrix',
  [
    [4, 6, 5],
    [5, 7],
  ],
  (a, b) => tf.matMul(a, b),
);
add('dense with bias', [[5, 7], [7, 9], [9]], (x, w, b) => tf.add(tf.matMul(x, w), b));
for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const) {
  const isSmooth = activation === 'linear' || activation === 'relu' || activation === 'relu6' || activation === 'elu';
  const add = isSmooth ? differentiable : valuesOnly;
  add(`fused.matMul, ${activation}`, [[5, 7], [7, 3], [3]], (a, b, bias) =>
    tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation, leakyreluAlpha: 0.3 }),
  );
}
valuesOnly('fused.matMul, prelu, transposed', [[5, 7], [3, 7], [3]], (a, b, weights) =>
  tf.fused.matMul({
    a: a as tf.Tensor2D,
    b: b as tf.Tensor2D,
    transposeB: true,
    activation: 'prelu',
    preluActivationWeights: weights,
  }),
);
valuesOnly(
  'einsum',
  [
    [5, 6],
    [6, 4],
  ],
  (a, b) => tf.einsum('ij,jk->ki', a, b),
);
valuesOnly(
  'einsum in batches',
  [
    [2, 5, 6],
    [2, 6, 4],
  ],
  (a, b) => tf.einsum('bij,bjk->bik', a, b),
);
add('layerNorm', [[5, 7], [7], [7]], (x, gain, shift) => {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), gain), shift);
});
add('batchNorm', [[6, 4], [4], [4]], (x, gain, shift) => {
  const { mean, variance } = tf.moments(x, 0);
  return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, shift as tf.Tensor1D, gain as tf.Tensor1D, 1e-3);
});
add(
  'sigmoid cross entropy',
  [
    [5, 1],
    [5, 1],
  ],
  (y, logits) => tf.losses.sigmoidCrossEntropy(tf.step(y), logits),
);
add(
  'softmax cross entropy',
  [
    [5, 3],
    [5, 3],
  ],
  (y, logits) => tf.losses.softmaxCrossEntropy(tf.softmax(y), logits),
);
add(
  'huber loss',
  [
    [5, 6],
    [5, 6],
  ],
  (a, b) => tf.losses.huberLoss(a, b),
);

/** Products, normalizations and losses. */
export const PRODUCTS: KernelCases = cases;
