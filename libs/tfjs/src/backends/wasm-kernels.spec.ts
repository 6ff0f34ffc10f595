import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { spectralNormalize } from '../layers/spectral-norm.ts';
import { useBackend } from './backend.ts';

const random = createRandom('wasm');
const normal = (...shape: number[]) => {
  const values = random.normals(shape.reduce((a, b) => a * b, 1));
  return () => tf.tensor(values, shape);
};

/** Runs on plain JavaScript, the oracle, and on WebAssembly, and compares. */
async function agree(run: () => tf.Tensor[]): Promise<void> {
  const results: Float32Array[][] = [];
  for (const force of ['cpu', 'wasm']) {
    await useBackend({ force });
    results.push(tf.tidy(run).map((tensor) => Float32Array.from(tensor.dataSync())));
    tf.disposeVariables();
  }
  const [expected, actual] = results;
  for (const [i, values] of actual.entries()) {
    expect(values.length).toBe(expected[i].length);
    // 168 float32 roundings of the largest number: sums of up to a hundred terms in a different order, and second-order
    // gradients.
    const scale = Math.max(1, ...expected[i].map(Math.abs));
    for (let j = 0; j < values.length; j++) expect(Math.abs(values[j] - expected[i][j]) / scale).toBeLessThan(1e-5);
  }
}

describe('WebAssembly against plain JavaScript', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('multiplies batches with transposes %s, %s', async (transposeA, transposeB) => {
    const a = transposeA ? normal(3, 70, 9) : normal(3, 9, 70);
    const b = transposeB ? normal(3, 11, 70) : normal(3, 70, 11);
    await agree(() => [tf.matMul(a(), b(), transposeA, transposeB)]);
  });

  it.each([false, true])(
    'fuses product, bias and activation over an inner dimension of 100, transposeB %s',
    async (transposeB) => {
      const [a, b, bias] = [normal(20, 100), transposeB ? normal(30, 100) : normal(100, 30), normal(30)];
      await agree(() => [
        tf.fused.matMul({ a: a() as tf.Tensor2D, b: b() as tf.Tensor2D, bias: bias(), transposeB, activation: 'relu' }),
      ]);
    },
  );

  it.each([
    [1, 'same'],
    [2, 'same'],
    [2, 'valid'],
  ] as const)('differentiates conv2d with stride %s and padding %s', async (stride, padding) => {
    const [x, w] = [normal(2, 7, 8, 3), normal(3, 3, 3, 4)];
    const score = (a: tf.Tensor, b: tf.Tensor) =>
      tf.sum(tf.tanh(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, padding)));
    await agree(() => tf.grads(score)([x(), w()]));
  });

  it('differentiates gather (UnsortedSegmentSum), and has the other kernels that plain JavaScript has', async () => {
    const x = normal(6, 3);
    const indices = () => tf.tensor1d([0, 2, 2, 5], 'int32');
    await agree(() => [tf.grad((a) => tf.sum(tf.square(tf.gather(a, indices()))))(x())]);
    const positive = normal(6, 3);
    await agree(() => [tf.log1p(tf.square(positive())), tf.expm1(positive()), tf.mean(positive(), 0)]);
    const wasm = new Set(tf.getKernelsForBackend('wasm').map((kernel) => kernel.kernelName));
    const missing = tf.getKernelsForBackend('cpu').filter((kernel) => !wasm.has(kernel.kernelName));
    expect(missing.map((kernel) => kernel.kernelName)).toEqual([]);
  });

  it('frees what a borrowed kernel copies', async () => {
    await useBackend({ force: 'wasm' });
    const before = { tensors: tf.memory().numTensors, data: tf.engine().backend.numDataIds() };
    tf.tidy(() => void tf.grad((a) => tf.sum(tf.gather(a, tf.tensor1d([1, 1], 'int32'))))(tf.ones([3, 2])));
    expect({ tensors: tf.memory().numTensors, data: tf.engine().backend.numDataIds() }).toEqual(before);
  });
});

describe('spectralNormalize', () => {
  it('divides by the largest singular value once its vector has converged', async () => {
    await useBackend({ force: 'wasm' });
    tf.tidy(() => {
      const w = tf.tensor2d([3, 0, 0, 1, 0, 0], [3, 2]);
      const u = tf.variable(tf.tensor2d([0.6, 0.8], [1, 2]), false);
      let normalized = w;
      for (let i = 0; i < 20; i++) {
        const estimate = spectralNormalize(w, u as tf.Tensor2D);
        normalized = estimate.normalized;
        u.assign(estimate.next);
      }
      expect(Array.from(normalized.dataSync()).map((value) => Math.round(value * 1e5) / 1e5)).toEqual([
        1, 0, 0, 0.33333, 0, 0,
      ]);
      // σ does not follow the scale of w: the gradient along w of any function of w/σ is zero.
      const gradient = tf.grad((a) => tf.sum(tf.square(spectralNormalize(a, u as tf.Tensor2D).normalized)))(w);
      // Terms of order 1 that cancel: 800 u is 5e-5.
      expect(tf.sum(tf.mul(gradient, w)).dataSync()[0]).toBeCloseTo(0, 4);
      u.dispose();
    });
  });
});
