import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { dense, denseParameters } from '../layers/dense.ts';
import { createParameters, valueAndGradients } from '../layers/parameters.ts';
import { createAdam } from '../steps/adam.ts';
import { hostInput } from '../steps/host-input.ts';
import { compile, type Numeric } from './compile.ts';

beforeAll(() => useBackend({ force: 'cpu' }));

/** A small regression: a network, its optimizer, and a step that takes a learning rate. */
function regression() {
  const random = createRandom('regression');
  const parameters = createParameters([
    ...denseParameters('hidden', random.fork('hidden'), 4, 16),
    ...denseParameters('out', random.fork('out'), 16, 1),
  ]);
  const adam = createAdam(parameters);
  const predict = (x: tf.Tensor2D) => dense(parameters, 'out', tf.tanh(dense(parameters, 'hidden', x)));
  const step = (x: tf.Tensor2D, y: tf.Tensor2D, learningRate: Numeric) => {
    const loss = () => tf.mean(tf.squaredDifference(predict(x), y)) as tf.Scalar;
    const { value, gradients } = valueAndGradients(loss, parameters);
    adam.update(gradients, { learningRate, beta1: 0.5 });
    return value;
  };
  return { parameters, adam, predict, step };
}

const values = (tensor: tf.Tensor): number[] => {
  const list = Array.from(tensor.dataSync());
  tensor.dispose();
  return list;
};

const batch = (rows: number, seed: string): [tf.Tensor2D, tf.Tensor2D] => {
  const random = createRandom(seed);
  return [tf.tensor2d(random.normals(rows * 4), [rows, 4]), tf.tensor2d(random.normals(rows), [rows, 1])];
};

function worst(a: Uint8Array, b: Uint8Array): number {
  const [left, right] = [a, b].map((bytes) => new Float32Array(new Uint8Array(bytes).buffer));
  return left.reduce((most, value, i) => Math.max(most, Math.abs(value - right[i])), 0);
}

describe('compile', () => {
  it('trains as eager code does: twenty steps of Adam, with a learning rate that changes', () => {
    const [eager, traced] = [regression(), regression()];
    const compiled = compile(traced.step);
    expect(compiled.choice.mode).toBe('compiled');
    const [x, y] = batch(16, 'data');
    for (let i = 0; i < 20; i++) {
      const rate = 0.01 / (1 + i);
      const expected = values(tf.tidy(() => eager.step(x, y, rate)));
      const [loss] = values(compiled(x, y, rate));
      // Float32, u = 6e-8: a loss of order 1 is a sum of about ten terms, and 1e-6 is 17 u. An update moves a weight by
      // the rate times m/√v, at most about 1, whose error is that of the gradient, about ten u of it, over as many
      // steps.
      expect(Math.abs(loss - expected[0])).toBeLessThan(1e-6);
    }
    expect(worst(eager.parameters.toBytes(), traced.parameters.toBytes())).toBeLessThan(1e-5);
    expect(traced.adam.steps).toBe(20);
    expect(compiled.stats).toHaveLength(1);
    expect(compiled.stats[0]).toMatchObject({ provider: 'cpu', threads: 1, runs: 20 });
  });

  it('draws host inputs once per call, and not during tracing', () => {
    let draws = 0;
    const compiled = compile((x: tf.Tensor1D) =>
      tf.add(
        x,
        hostInput([2], () => [++draws, 10 * draws]),
      ),
    );
    const x = tf.tensor1d([0.5, 0.5]);
    expect(values(compiled(x))).toEqual([1.5, 10.5]);
    expect(values(compiled(x))).toEqual([2.5, 20.5]);
    expect(draws).toBe(2);
  });

  it('frees tensors that the function keeps while it is traced', () => {
    const seen: { half?: tf.Tensor } = {};
    const compiled = compile((x: tf.Tensor1D) => {
      seen.half = tf.keep(tf.mul(x, 0.5));
      return tf.tidy(() => tf.add(seen.half as tf.Tensor, tf.keep(tf.square(x))));
    });
    const x = tf.tensor1d([2, 4]);
    const base = tf.memory().numTensors;
    expect(values(compiled(x))).toEqual([5, 18]);
    expect(tf.memory().numTensors).toBe(base);
    expect(seen.half?.isDisposed).toBe(true);
  });
});
