import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../../backends/backend.ts';
import { compile } from '../compile.ts';

beforeAll(() => useBackend({ force: 'cpu' }));

const range = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => Math.fround(from + i * step));
const tiny = [1e-7, 1e-5, 1e-3, 0.1].flatMap((x) => [-x, x].map(Math.fround));

/** Functions, their float64 counterparts, and numbers at which an approximation may lose digits. */
const functions: Record<string, [(x: tf.Tensor) => tf.Tensor, (x: number) => number, number[]]> = {
  sigmoid: [tf.sigmoid, (x) => 1 / (1 + Math.exp(-x)), range(-80, 80, 0.73)],
  'log of sigmoid': [(x) => tf.log(tf.sigmoid(x)), (x) => -Math.log1p(Math.exp(-x)), range(-80, 0, 0.73)],
  softplus: [tf.softplus, (x) => Math.log1p(Math.exp(x)), range(-60, 60, 0.73)],
  exp: [tf.exp, Math.exp, range(-80, 80, 0.73)],
  log: [tf.log, Math.log, range(0.05, 60, 0.73)],
  tanh: [tf.tanh, Math.tanh, tiny],
  expm1: [tf.expm1, Math.expm1, tiny],
  log1p: [tf.log1p, Math.log1p, tiny],
  sinh: [tf.sinh, Math.sinh, tiny],
  atanh: [tf.atanh, Math.atanh, tiny],
};

describe('a function of one number', () => {
  it.each(Object.keys(functions))('is accurate relative to tiny values, not only to 1: %s', (name) => {
    const [f, reference, at] = functions[name];
    const seen = compile(f)(tf.tensor1d(at)).dataSync();
    for (const [i, x] of at.entries()) {
      const expected = reference(x);
      // Relative error: a few roundings of float32, amplified by the argument for exponentials.
      const near = Math.abs(seen[i] - expected) <= 2e-6 * Math.max(1, Math.abs(x) / 10) * Math.abs(expected);
      if (!near) expect({ x, value: seen[i] }).toEqual({ x, value: expected });
    }
  });

  it('has its limits at ±100 and ±∞', () => {
    const x = tf.tensor1d([-Infinity, -100, 100, Infinity]);
    const limits = (f: (x: tf.Tensor) => tf.Tensor) => Array.from(compile(f)(x).dataSync());
    expect(limits(tf.sigmoid)).toEqual([0, 0, 1, 1]);
    expect(limits(tf.tanh)).toEqual([-1, -1, 1, 1]);
    expect(limits(tf.exp).slice(2)).toEqual([Infinity, Infinity]);
    expect(limits(tf.softplus).slice(2)).toEqual([100, Infinity]);
  });
});
