import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from './backend.ts';
import { rowDot } from './row-dot.ts';

describe.each(['cpu', 'wasm'])('rowDot on %s', (backend) => {
  beforeAll(() => useBackend({ force: backend }));

  it('and the gradients of its gradient penalty agree with product and sum', () => {
    tf.tidy(() => {
      const random = createRandom(3);
      const a = tf.tensor2d(random.normals(12), [4, 3]);
      const b = tf.tensor2d(random.normals(12), [4, 3]);
      const stock = (x: tf.Tensor2D, y: tf.Tensor2D) => tf.sum(tf.mul(x, y), 1) as tf.Tensor1D;
      const probe = (f: typeof rowDot) => {
        const score = (x: tf.Tensor, y: tf.Tensor) =>
          tf.sum(tf.tanh(f(tf.tanh(x) as tf.Tensor2D, tf.square(y) as tf.Tensor2D)));
        const penalty = (x: tf.Tensor, y: tf.Tensor) => tf.sum(tf.square(tf.grad((z) => score(z, y))(x)));
        return [f(a, b), ...tf.grads(score)([a, b]), ...tf.grads(penalty)([a, b])].map((t) => t.dataSync());
      };
      const [ours, theirs] = [probe(rowDot), probe(stock)];
      for (const [i, values] of ours.entries()) {
        for (let j = 0; j < values.length; j++) expect(values[j]).toBeCloseTo(theirs[i][j], 5);
      }
    });
  });
});
