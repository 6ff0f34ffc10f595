import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { createParameters, type Parameters, valueAndGradients } from '../layers/parameters.ts';
import { createAdam } from './adam.ts';
import { createEma } from './ema.ts';

const random = createRandom('adam');
const make = () =>
  createParameters([
    { name: 'a', shape: [3, 2], values: random.fork('a').normals(6) },
    { name: 'b', shape: [2], values: random.fork('b').normals(2) },
    { name: 'unused', shape: [1], values: new Float32Array([7]) },
  ]);
const loss = (parameters: Parameters) => () =>
  tf.sum(
    tf.square(tf.add(tf.matMul(tf.ones([4, 3]), parameters.get('a') as tf.Tensor2D), parameters.get('b'))),
  ) as tf.Scalar;
const floats = (bytes: Uint8Array) => Array.from(new Float32Array(bytes.slice().buffer));

/** Adam of the paper's algorithm 1, in float64. */
function referenceAdam(values: number[], gradients: number[][], rate: number, beta1: number, beta2: number): number[] {
  const m = values.map(() => 0);
  const v = values.map(() => 0);
  const p = [...values];
  gradients.forEach((gradient, step) => {
    const t = step + 1;
    gradient.forEach((g, i) => {
      m[i] = beta1 * m[i] + (1 - beta1) * g;
      v[i] = beta2 * v[i] + (1 - beta2) * g * g;
      p[i] -= (rate * (m[i] / (1 - beta1 ** t))) / (Math.sqrt(v[i] / (1 - beta2 ** t)) + 1e-8);
    });
  });
  return p;
}

describe.each(['cpu', 'wasm'])('createAdam on %s', (backend) => {
  beforeAll(() => useBackend({ force: backend }));

  it('follows the algorithm of the paper', () => {
    const parameters = make();
    const adam = createAdam(parameters);
    const before = floats(parameters.toBytes());
    const given: number[][] = [];
    for (let step = 0; step < 5; step++) {
      tf.tidy(() => {
        const gradients = [tf.randomNormal([3, 2], 0, 1, 'float32', step), tf.tensor1d([1, -step]), null];
        given.push(gradients.flatMap((gradient) => (gradient ? Array.from(gradient.dataSync()) : [0])));
        adam.update(gradients, { learningRate: 0.01, beta1: 0.5, beta2: 0.9 });
      });
    }
    const expected = referenceAdam(before, given, 0.01, 0.5, 0.9);
    const after = floats(parameters.toBytes());
    // Five updates of about 0.01 of weights of order 1: a rounding of the weight each and about ten of the update,
    // 5·1.1·u = 3e-7.
    for (const [i, value] of after.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(1e-6);
    expect(adam.steps).toBe(5);
    for (const owner of [adam, parameters]) owner.dispose();
  });

  it('continues bit for bit from its bytes, and leaks no tensor', () => {
    const base = tf.memory().numTensors;
    const [first, second] = [make(), make()];
    const [one, other] = [createAdam(first), createAdam(second)];
    const step = (parameters: Parameters, adam: typeof one) =>
      tf.tidy(() => adam.update(valueAndGradients(loss(parameters), parameters).gradients, { learningRate: 0.05 }));
    for (let i = 0; i < 3; i++) step(first, one);
    second.fromBytes(first.toBytes());
    other.fromBytes(one.toBytes());
    for (let i = 0; i < 3; i++) {
      step(first, one);
      step(second, other);
    }
    expect(second.toBytes()).toEqual(first.toBytes());
    expect(other.toBytes()).toEqual(one.toBytes());
    for (const owner of [one, other, first, second]) owner.dispose();
    expect(tf.memory().numTensors).toBe(base);
  });

  it('refuses gradients and bytes that do not fit', () => {
    const parameters = make();
    const adam = createAdam(parameters);
    expect(() => adam.update([null], { learningRate: 1 })).toThrow('adam: 1 gradients for 3 parameters');
    expect(() => adam.fromBytes(new Uint8Array(4))).toThrow('adam: 4 bytes where 80 are expected');
    expect(() => parameters.fromBytes(new Uint8Array(4))).toThrow(
      'parameters: 4 bytes where 36 (9 float32) are expected',
    );
    for (const owner of [adam, parameters]) owner.dispose();
  });

  it('is followed by a moving average', () => {
    const parameters = make();
    const ema = createEma(parameters);
    const start = floats(ema.toBytes());
    expect(start).toEqual(floats(parameters.toBytes()));
    parameters.fromBytes(new Uint8Array(new Float32Array(9).buffer));
    ema.update(0.75);
    // Two float32 roundings of numbers of order 1.
    for (const [i, value] of floats(ema.toBytes()).entries()) expect(value).toBeCloseTo(0.75 * start[i], 6);
    for (const owner of [ema, parameters]) owner.dispose();
  });
});
