import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { expectSameToRounding } from '../testing/same-to-rounding.ts';
import { meanSoftplus, sumSquares } from './reductions.ts';

type Reduction = (x: tf.Tensor) => tf.Scalar;

describe.each(['cpu', 'wasm'])('reductions on %s', (backend) => {
  beforeAll(() => useBackend({ force: backend }));

  const cases: [string, Reduction, Reduction][] = [
    ['mean softplus(x)', (x) => meanSoftplus(x, 1), (x) => tf.mean(tf.softplus(x))],
    ['mean softplus(−x)', (x) => meanSoftplus(x, -1), (x) => tf.mean(tf.softplus(tf.neg(x)))],
    ['Σ x²', sumSquares, (x) => tf.sum(tf.square(x))],
  ];

  it.each(cases)('%s has the value, gradient and second-order gradient of stock operations', (_name, ours, stock) => {
    tf.tidy(() => {
      const random = createRandom(6);
      const x = tf.tensor2d(random.normals(12, 3), [4, 3]);
      const probe = (reduce: Reduction, x: tf.Tensor2D) => {
        const loss = (z: tf.Tensor) => tf.square(reduce(tf.tanh(z)));
        const penalty = (z: tf.Tensor) => tf.sum(tf.square(tf.grad(loss)(z)));
        return [reduce(x), tf.grad(loss)(x), tf.grad(penalty)(x)];
      };
      // Sums of twelve terms of a few operations each, in three passes.
      const operations = 3 * (12 + 6);
      expectSameToRounding(probe(ours, x), ([at]) => probe(stock, at as tf.Tensor2D), [x], { operations, random });
    });
  });

  it('stays finite for large logits', () => {
    tf.tidy(() => {
      expect(meanSoftplus(tf.tensor1d([1000, -1000]), 1).dataSync()[0]).toBe(500);
      expect([
        ...tf
          .grad((x) => meanSoftplus(x, 1))(tf.tensor1d([1000, -1000]))
          .dataSync(),
      ]).toEqual([0.5, 0]);
    });
  });
});
