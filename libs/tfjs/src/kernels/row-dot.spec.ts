import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { expectSameToRounding, type TensorFunction } from '../testing/same-to-rounding.ts';
import { rowDot } from './row-dot.ts';

describe.each(['cpu', 'wasm'])('rowDot on %s', (backend) => {
  beforeAll(() => useBackend({ force: backend }));

  it('and the gradients of its gradient penalty agree with product and sum', () => {
    tf.tidy(() => {
      const random = createRandom(3);
      const a = tf.tensor2d(random.normals(12), [4, 3]);
      const b = tf.tensor2d(random.normals(12), [4, 3]);
      const stock = (x: tf.Tensor2D, y: tf.Tensor2D) => tf.sum(tf.mul(x, y), 1) as tf.Tensor1D;
      const probe = (f: typeof rowDot, a: tf.Tensor2D, b: tf.Tensor2D) => {
        const score = (x: tf.Tensor, y: tf.Tensor) =>
          tf.sum(tf.tanh(f(tf.tanh(x) as tf.Tensor2D, tf.square(y) as tf.Tensor2D)));
        const penalty = (x: tf.Tensor, y: tf.Tensor) => tf.sum(tf.square(tf.grad((z) => score(z, y))(x)));
        return [f(a, b), ...tf.grads(score)([a, b]), ...tf.grads(penalty)([a, b])];
      };
      const reference: TensorFunction = ([x, y]) => probe(stock, x as tf.Tensor2D, y as tf.Tensor2D);
      // Sums of three products and of four rows, in three passes.
      expectSameToRounding(probe(rowDot, a, b), reference, [a, b], { operations: 3 * 12, random });
    });
  });
});
