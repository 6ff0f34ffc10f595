import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { compile } from './compile.ts';

beforeAll(() => useBackend({ force: 'cpu' }));

const optimizers: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.02, 0.9),
  'momentum of Nesterov': () => tf.train.momentum(0.02, 0.9, true),
  adagrad: () => tf.train.adagrad(0.05),
  adadelta: () => tf.train.adadelta(0.5),
  rmsprop: () => tf.train.rmsprop(0.01),
  'rmsprop, centered, with momentum': () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7, true),
  adam: () => tf.train.adam(0.01),
  adamax: () => tf.train.adamax(0.01),
};

/** A softmax regression that an optimizer of TensorFlow.js fits, with nothing of this library in it. */
function classifier(optimizer: tf.Optimizer) {
  const random = createRandom('classifier');
  const w = tf.tidy(() => tf.variable(tf.tensor2d(random.normals(12), [4, 3])));
  const b = tf.tidy(() => tf.variable(tf.zeros([3])));
  const step = (x: tf.Tensor2D, labels: tf.Tensor2D) =>
    optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, tf.add(tf.matMul(x, w), b)) as tf.Scalar, true, [
      w,
      b,
    ]) as tf.Scalar;
  return { w, b, step };
}

const numbers = (tensor: tf.Tensor) => Array.from(tensor.dataSync());

describe('a step with an optimizer of TensorFlow.js', () => {
  it.each(Object.keys(optimizers))('trains the same compiled and eagerly, including its state: %s', (name) => {
    const [eager, traced] = [classifier(optimizers[name]()), classifier(optimizers[name]())];
    const compiled = compile(traced.step);
    const random = createRandom('points');
    const x = tf.tensor2d(random.normals(32), [8, 4]);
    const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3) as tf.Tensor2D;
    for (let i = 0; i < 10; i++) {
      const [expected, seen] = [eager.step(x, labels), compiled(x, labels)].map((loss) => numbers(loss)[0]);
      // A mean of eight logarithms of sums of three: 17 u of a loss of order 1, u = 6e-8.
      expect(Math.abs(seen - expected)).toBeLessThan(1e-6);
    }
    for (const part of ['w', 'b'] as const) {
      const [expected, seen] = [eager[part], traced[part]].map(numbers);
      // Ten updates of about 0.01, each with about ten float32 roundings of itself and one of the weight: 10·(.1 + 1)·u
      // = 7e-7.
      for (const [i, value] of seen.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(1e-5);
    }
    expect(compiled.stats).toMatchObject([{ runs: 10 }]);
  });
});
