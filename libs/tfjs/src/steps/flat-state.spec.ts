import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { drawGaussian } from '../kernels/draw-gaussian.ts';
import { flatAdamUpdate } from './flat-adam.ts';
import { joinFlat, splitFlat } from './flat-state.ts';
import { gradientsWithAuxiliary } from './gradients-with-auxiliary.ts';

const read = (tensors: readonly tf.Tensor[]) => tensors.map((tensor) => Array.from(tensor.dataSync()));
const range = (count: number) => tf.tensor1d(Float32Array.from({ length: count }, (_, i) => Math.sin(3 * i + 1)));

/** Results of the operations of a step on a flat state: values and gradients. */
function everything(): number[][] {
  const shapes = [[2, 3], [], [3]];
  const flat = range(10);
  const loss = (x: tf.Tensor) => {
    const [a, b, c] = splitFlat(x, shapes);
    return tf.sum(tf.mul(joinFlat([tf.square(c), tf.mul(a, b)]), range(9))) as tf.Scalar;
  };
  const code = tf.reshape(range(12), [3, 4]) as tf.Tensor2D;
  const noise = tf.reshape(range(6), [3, 2]) as tf.Tensor2D;
  const drawn = (x: tf.Tensor) => tf.sum(tf.square(drawGaussian(x as tf.Tensor2D, noise))) as tf.Scalar;
  const rates = { stepSize: tf.scalar(0.01), epsilonHat: tf.scalar(1e-8), beta1: 0.5, beta2: 0.9 };
  const { parameters, m, v } = flatAdamUpdate({ parameters: flat, m: flat, v: tf.square(flat) }, range(10), rates);
  const inputs = [...splitFlat(flat, shapes), joinFlat([code, flat]), tf.slice(flat, [2], [5]), tf.slice(flat, 7)];
  return read([...inputs, tf.grad(loss)(flat), drawGaussian(code, noise), tf.grad(drawn)(code), parameters, m, v]);
}

describe('steps on a flat state', () => {
  it('give the same with fused kernels as with stock operations', async () => {
    await useBackend({ force: 'wasm' });
    const fused = tf.tidy(everything as unknown as () => tf.TensorContainer) as unknown as number[][];
    await useBackend({ force: 'cpu' });
    for (const { kernelName } of tf
      .getKernelsForBackend('cpu')
      .filter((kernel) => kernel.kernelName.startsWith('Heap'))) {
      tf.unregisterKernel(kernelName, 'cpu');
    }
    const stock = tf.tidy(everything as unknown as () => tf.TensorContainer) as unknown as number[][];
    expect(fused.map((values) => values.length)).toEqual(stock.map((values) => values.length));
    for (const [i, values] of fused.entries()) {
      // Numbers of order 1, of at most a dozen roundings each.
      for (const [j, value] of values.entries()) expect(value).toBeCloseTo(stock[i][j], 5);
    }
  });
});

describe('gradientsWithAuxiliary', () => {
  it('gives the loss, its gradient and auxiliary tensors, which belong to the enclosing scope', () => {
    const before = tf.memory().numTensors;
    const numbers = tf.tidy(() => {
      const x = tf.tensor1d([1, 2]);
      const f = () => {
        const squares = tf.square(x);
        return { loss: tf.sum(squares) as tf.Scalar, auxiliary: { squares, list: [tf.neg(squares)] } };
      };
      const { loss, auxiliary, gradients } = gradientsWithAuxiliary(f, [x, tf.scalar(1)]);
      expect(gradients[1]).toBeNull();
      const all = read([loss, gradients[0] as tf.Tensor, auxiliary.squares, auxiliary.list[0]]);
      return all as unknown as tf.TensorContainer;
    });
    expect(numbers).toEqual([[5], [2, 4], [1, 4], [-1, -4]]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
