import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { useBackend } from './backend.ts';
import { conv1d } from './conv1d.ts';

const close = (a: tf.Tensor, b: tf.Tensor, tolerance = 1e-5) => {
  expect(a.shape).toEqual(b.shape);
  const [left, right] = [a.dataSync(), b.dataSync()];
  const scale = Math.max(1e-6, ...right.map(Math.abs));
  for (let i = 0; i < left.length; i++) expect(Math.abs(left[i] - right[i]) / scale).toBeLessThan(tolerance);
};

/** Convolution from slices and products of stock TensorFlow.js, whose gradients are its own. */
function sliceConvolution(x: tf.Tensor3D, w: tf.Tensor3D): tf.Tensor3D {
  const [batch, length, channels] = x.shape;
  const [kernel, , outputs] = w.shape;
  const left = (kernel - 1) >> 1;
  const padded = tf.pad(x, [[0, 0], [left, kernel - 1 - left], [0, 0]]); // biome-ignore format: one row a dimension
  let sum: tf.Tensor = tf.zeros([batch * length, outputs]);
  for (let k = 0; k < kernel; k++) {
    const taps = tf.reshape(tf.slice(padded, [0, k, 0], [batch, length, channels]), [batch * length, channels]);
    sum = tf.add(sum, tf.matMul(taps, tf.reshape(tf.slice(w, [k, 0, 0], [1, channels, outputs]), [channels, outputs])));
  }
  return tf.reshape(sum, [batch, length, outputs]);
}

type Convolution = (x: tf.Tensor3D, w: tf.Tensor3D) => tf.Tensor3D;

/** Everything that training asks of a convolution: value, both gradients, and both gradients of a gradient penalty. */
function probe(convolution: Convolution, x: tf.Tensor3D, w: tf.Tensor3D): tf.Tensor[] {
  const score = (a: tf.Tensor, b: tf.Tensor) =>
    tf.sum(tf.tanh(convolution(tf.tanh(a) as tf.Tensor3D, b as tf.Tensor3D)));
  const penalty = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(tf.grad((z) => score(z, b))(a)));
  return [convolution(x, w), ...tf.grads(score)([x, w]), ...tf.grads(penalty)([x, w])];
}

describe.each(['cpu', 'wasm'])('conv1d on %s', (backend) => {
  beforeAll(() => useBackend({ force: backend }));

  it('and its first and second gradients agree with slices and products, for any shape', () => {
    const size = (max: number) => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(
        size(6),
        size(9),
        size(5),
        size(5),
        size(9),
        fc.nat(),
        (batch, length, kernel, inputs, outputs, seed) => {
          const random = createRandom(seed);
          tf.tidy(() => {
            const x = tf.tensor3d(random.normals(batch * length * inputs), [batch, length, inputs]);
            const w = tf.tensor3d(random.normals(kernel * inputs * outputs, 0.5), [kernel, inputs, outputs]);
            const [ours, theirs] = [probe(conv1d, x, w), probe(sliceConvolution, x, w)];
            for (const [i, tensor] of ours.entries()) close(tensor, theirs[i]);
          });
        },
      ),
      { numRuns: 15 },
    );
  });

  it('agrees at a size where the product is XNNPACK’s', () => {
    const random = createRandom(1);
    tf.tidy(() => {
      const x = tf.tensor3d(random.normals(32 * 8 * 16), [32, 8, 16]);
      const w = tf.tensor3d(random.normals(3 * 16 * 32, 0.1), [3, 16, 32]);
      const [ours, theirs] = [probe(conv1d, x, w), probe(sliceConvolution, x, w)];
      for (const [i, tensor] of ours.entries()) close(tensor, theirs[i], 2e-5);
    });
  });

  it('takes and gives the last two axes in one as well', () => {
    const random = createRandom(3);
    tf.tidy(() => {
      const x = tf.tensor3d(random.normals(2 * 5 * 3), [2, 5, 3]);
      const w = tf.tensor3d(random.normals(3 * 3 * 4), [3, 3, 4]);
      const flat = (a: tf.Tensor3D, b: tf.Tensor3D) =>
        tf.reshape(conv1d(tf.reshape(a, [2, 15]) as tf.Tensor2D, b), [2, 5, 4]) as tf.Tensor3D;
      const [ours, theirs] = [probe(flat, x, w), probe(sliceConvolution, x, w)];
      for (const [i, tensor] of ours.entries()) close(tensor, theirs[i]);
    });
  });

  it('agrees with the stock convolution and its filter gradient', () => {
    const random = createRandom(2);
    tf.tidy(() => {
      const x = tf.tensor3d(random.normals(4 * 6 * 3), [4, 6, 3]);
      const w = tf.tensor3d(random.normals(3 * 3 * 5), [3, 3, 5]);
      const score = (convolution: Convolution) => (a: tf.Tensor, b: tf.Tensor) =>
        tf.sum(tf.tanh(convolution(a as tf.Tensor3D, b as tf.Tensor3D)));
      const ours = tf.grads(score(conv1d))([x, w]);
      const theirs = tf.grads(score((a, b) => tf.conv1d(a, b, 1, 'same')))([x, w]);
      for (const [i, tensor] of ours.entries()) close(tensor, theirs[i]);
    });
  });
});
