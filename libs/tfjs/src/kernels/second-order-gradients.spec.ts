import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { compile } from '../compile/compile.ts';
import { logSoftmax } from '../layers/log-softmax.ts';
import { biasLeakyRelu } from './leaky-relu.ts';
import { swish } from './swish.ts';

const ROWS = 4;
const INPUTS = 3;
const HIDDEN = 5;
const random = createRandom('second-order');
const x = Array.from(random.normals(ROWS * INPUTS));
const w = Array.from(random.normals(INPUTS * HIDDEN));
const out = Array.from(random.normals(HIDDEN));

type RowFunction = (row: number[]) => number[];
const elementwise =
  (f: (u: number) => number): RowFunction =>
  (row) =>
    row.map(f);
const softmax: RowFunction = (row) => {
  const e = row.map(Math.exp);
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((value) => value / sum);
};
const sigmoid = (u: number) => 1 / (1 + Math.exp(-u));
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** Each activation in TensorFlow.js and, independently, in float64. */
const activations: Record<string, [(u: tf.Tensor) => tf.Tensor, RowFunction]> = {
  tanh: [tf.tanh, elementwise(Math.tanh)],
  sigmoid: [tf.sigmoid, elementwise(sigmoid)],
  softplus: [tf.softplus, elementwise((u) => Math.log1p(Math.exp(u)))],
  relu: [tf.relu, elementwise((u) => Math.max(u, 0))],
  leakyRelu: [(u) => tf.leakyRelu(u, 0.2), elementwise((u) => Math.max(u, 0.2 * u))],
  'biasLeakyRelu with no bias': [
    (u) => biasLeakyRelu(u, tf.zeros([HIDDEN]) as tf.Tensor1D),
    elementwise((u) => Math.max(u, 0.2 * u)),
  ],
  elu: [tf.elu, elementwise((u) => (u > 0 ? u : Math.expm1(u)))],
  selu: [tf.selu, elementwise((u) => SELU_SCALE * (u > 0 ? u : SELU_ALPHA * Math.expm1(u)))],
  exp: [tf.exp, elementwise(Math.exp)],
  swish: [(u) => tf.mul(u, tf.sigmoid(u)), elementwise((u) => u * sigmoid(u))],
  'fused swish': [(u) => swish(u), elementwise((u) => u * sigmoid(u))],
  square: [tf.square, elementwise((u) => u * u)],
  'sqrt of 1 + square': [(u) => tf.sqrt(tf.add(tf.square(u), 1)), elementwise((u) => Math.sqrt(1 + u * u))],
  'power 3': [(u) => tf.pow(u, 3), elementwise((u) => u ** 3)],
  'power of a positive base': [
    (u) => tf.pow(tf.add(tf.square(u), 1), tf.tanh(u)),
    elementwise((u) => (1 + u * u) ** Math.tanh(u)),
  ],
  softmax: [(u) => tf.softmax(u), softmax],
  logSoftmax: [(u) => logSoftmax(u), (row) => softmax(row).map(Math.log)],
  'max over the row, squared': [
    (u) => tf.mul(tf.square(tf.max(u, 1, true)), tf.tanh(u)),
    (row) => row.map((u) => Math.max(...row) ** 2 * Math.tanh(u)),
  ],
  'min over the row, squared': [
    (u) => tf.mul(tf.square(tf.min(u, 1, true)), tf.tanh(u)),
    (row) => row.map((u) => Math.min(...row) ** 2 * Math.tanh(u)),
  ],
};

/** f(x; w) = Σ activation(x·w)·out, of one row, in float64. */
function referenceOutput(activation: RowFunction, row: readonly number[], weights: readonly number[]): number {
  const hidden = Array.from({ length: HIDDEN }, (_, h) =>
    row.reduce((sum, v, i) => sum + v * weights[i * HIDDEN + h], 0),
  );
  return activation(hidden).reduce((sum, value, h) => sum + value * out[h], 0);
}

/** R1(w) = Σ_rows ‖∂f/∂x‖², the inner derivative by a five-point stencil (error of order h⁴). */
function referencePenalty(activation: RowFunction, weights: readonly number[]): number {
  let penalty = 0;
  const h = 1e-3;
  for (let r = 0; r < ROWS; r++) {
    const row = x.slice(r * INPUTS, (r + 1) * INPUTS);
    for (let i = 0; i < INPUTS; i++) {
      const at = (shift: number) =>
        referenceOutput(
          activation,
          row.map((v, j) => (j === i ? v + shift * h : v)),
          weights,
        );
      penalty += ((8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)) ** 2;
    }
  }
  return penalty;
}

function referenceGradient(activation: RowFunction): number[] {
  const h = 1e-3;
  return w.map((_, k) => {
    const at = (shift: number) =>
      referencePenalty(
        activation,
        w.map((v, j) => (j === k ? v + shift * h : v)),
      );
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
  });
}

/** The gradient with respect to the weights of Σ_rows ‖∂f/∂x‖². */
function penaltyGradient(activation: (u: tf.Tensor) => tf.Tensor) {
  return (points: tf.Tensor, weights: tf.Tensor, readout: tf.Tensor2D): tf.Tensor => {
    const penalty = (matrix: tf.Tensor) => {
      const output = (at: tf.Tensor) => tf.sum(tf.matMul(activation(tf.matMul(at, matrix)), readout));
      return tf.sum(tf.square(tf.grad(output)(points)));
    };
    return tf.grad(penalty)(weights);
  };
}

const runs: [string, string, 'eager' | 'compiled'][] = [
  ['eager on cpu', 'cpu', 'eager'],
  ['eager on wasm', 'wasm', 'eager'],
  ['compiled, beside cpu', 'cpu', 'compiled'],
  ['compiled, beside wasm', 'wasm', 'compiled'],
];

describe.each(runs)('the gradient of a gradient penalty, %s', (_name, backend, mode) => {
  beforeAll(() => useBackend({ force: backend }));

  it.each(Object.keys(activations))('agrees with float64 finite differences for %s', (name) => {
    const [activation, reference] = activations[name];
    const run = penaltyGradient(activation);
    const compiled = mode === 'compiled' ? compile(run) : undefined;
    if (compiled) expect(compiled.choice.mode).toBe('compiled');
    const step = compiled ?? run;
    const gradient = tf.tidy(() =>
      Array.from(
        step(
          tf.tensor2d(x, [ROWS, INPUTS]),
          tf.tensor2d(w, [INPUTS, HIDDEN]),
          tf.tensor2d(out, [HIDDEN, 1]),
        ).dataSync(),
      ),
    );
    const expected = referenceGradient(reference);
    const scale = Math.max(...expected.map(Math.abs));
    // float32 rounding of a sum of about a dozen terms, and the stencil's own error of about 1e-9.
    for (const [k, value] of gradient.entries()) expect(Math.abs(value - expected[k]) / scale).toBeLessThan(5e-6);
  });
});
