import { createRandom, type Random } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { useBackend } from '../backends/backend.ts';
import { expectSameToRounding, type TensorFunction } from '../testing/same-to-rounding.ts';
import { conv1d } from './conv1d.ts';

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

/** Everything that training needs of a convolution: value, both gradients, and both gradients of a gradient penalty. */
function probe(convolution: Convolution, x: tf.Tensor3D, w: tf.Tensor3D): tf.Tensor[] {
  const score = (a: tf.Tensor, b: tf.Tensor) =>
    tf.sum(tf.tanh(convolution(tf.tanh(a) as tf.Tensor3D, b as tf.Tensor3D)));
  const penalty = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(tf.grad((z) => score(z, b))(a)));
  return [convolution(x, w), ...tf.grads(score)([x, w]), ...tf.grads(penalty)([x, w])];
}

const through =
  (convolution: Convolution): TensorFunction =>
  ([x, w]) =>
    probe(convolution, x as tf.Tensor3D, w as tf.Tensor3D);

/** Sums over positions, and over taps with channels, in each of three passes: value, gradient, gradient of a gradient. */
function agrees(ours: TensorFunction, theirs: TensorFunction, x: tf.Tensor3D, w: tf.Tensor3D, random: Random): void {
  const [batch, length] = x.shape;
  const [kernel, channels, outputs] = w.shape;
  const operations = 3 * (batch * length + kernel * (channels + outputs));
  expectSameToRounding(ours([x, w]), theirs, [x, w], { operations, random });
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
            agrees(through(conv1d), through(sliceConvolution), x, w, random);
          });
        },
      ),
      { numRuns: 15 },
    );
  });

  it('agrees at a size at which XNNPACK computes the product', () => {
    const random = createRandom(1);
    tf.tidy(() => {
      const x = tf.tensor3d(random.normals(32 * 8 * 16), [32, 8, 16]);
      const w = tf.tensor3d(random.normals(3 * 16 * 32, 0.1), [3, 16, 32]);
      agrees(through(conv1d), through(sliceConvolution), x, w, random);
    });
  });

  it('takes and returns the last two axes merged, too', () => {
    const random = createRandom(3);
    tf.tidy(() => {
      const x = tf.tensor3d(random.normals(2 * 5 * 3), [2, 5, 3]);
      const w = tf.tensor3d(random.normals(3 * 3 * 4), [3, 3, 4]);
      const flat = (a: tf.Tensor3D, b: tf.Tensor3D) =>
        tf.reshape(conv1d(tf.reshape(a, [2, 15]) as tf.Tensor2D, b), [2, 5, 4]) as tf.Tensor3D;
      agrees(through(flat), through(sliceConvolution), x, w, random);
    });
  });

  it('agrees with the stock convolution and its filter gradient', () => {
    const random = createRandom(2);
    tf.tidy(() => {
      const x = tf.tensor3d(random.normals(4 * 6 * 3), [4, 6, 3]);
      const w = tf.tensor3d(random.normals(3 * 3 * 5), [3, 3, 5]);
      const gradients =
        (convolution: Convolution): TensorFunction =>
        (given) =>
          tf.grads((a, b) => tf.sum(tf.tanh(convolution(a as tf.Tensor3D, b as tf.Tensor3D))))([...given]);
      const stock: Convolution = (a, b) => tf.conv1d(a, b, 1, 'same');
      agrees(gradients(conv1d), gradients(stock), x, w, random);
    });
  });
});
