import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { batchStd } from './batch-std.ts';

/** The statistic from stock operations. */
const composed = (x: tf.Tensor2D) =>
  tf.mean(tf.sqrt(tf.add(tf.mean(tf.square(tf.sub(x, tf.mean(x, 0, true))), 0), 1e-8)));

describe.each(['cpu', 'wasm'])('batchStd on %s', (backend) => {
  beforeAll(() => useBackend({ force: backend }));

  it('has the value, the gradient and the second-order gradient of its formula', () => {
    tf.tidy(() => {
      const values = tf.tensor2d(createRandom(4).normals(12 * 5), [12, 5]);
      const penalty = (f: (x: tf.Tensor2D) => tf.Tensor) => (x: tf.Tensor) => {
        const gradient = tf.grad((z) => tf.square(f(tf.tanh(z) as tf.Tensor2D)))(x);
        return tf.sum(tf.square(tf.add(gradient, 0.1)));
      };
      // A mean of deviations of order 1, about eight float32 roundings: 5e-7.
      expect(batchStd(values).dataSync()[0]).toBeCloseTo(composed(values).dataSync()[0], 6);
      for (const wrap of [(f: (x: tf.Tensor2D) => tf.Tensor) => (x: tf.Tensor) => f(x as tf.Tensor2D), penalty]) {
        const ours = tf.grad(wrap(batchStd))(values).dataSync();
        const theirs = tf.grad(wrap(composed))(values).dataSync();
        // The largest entries are about 0.01, with float32 errors of 1e-7.
        for (let i = 0; i < ours.length; i++) expect(Math.abs(ours[i] - theirs[i])).toBeLessThan(1e-6);
      }
    });
  });

  it('stays finite on a collapsed batch', () => {
    tf.tidy(() => {
      const collapsed = tf.ones([8, 3]) as tf.Tensor2D;
      expect(batchStd(collapsed).dataSync()[0]).toBeCloseTo(1e-4, 6);
      expect(
        [
          ...tf
            .grad((x) => batchStd(x as tf.Tensor2D))(collapsed)
            .dataSync(),
        ].every(Number.isFinite),
      ).toBe(true);
    });
  });
});
