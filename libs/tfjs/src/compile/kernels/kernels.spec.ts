import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../../backends/backend.ts';
import type { KernelCase } from '../../testing/kernel-cases/kernel-case.ts';
import { KERNEL_CASES } from '../../testing/kernel-cases/kernel-cases.ts';
import { compile } from '../compile.ts';
import { traceFunction } from '../tracing/trace-function.ts';
import { MAPPED_KERNELS } from './table.ts';

beforeAll(() => useBackend({ force: 'cpu' }));

/** Kernels that some case has used. */
const used = new Set<string>();

/** The gradients of a weighted sum of a function's values, the weights all different. */
function gradientsOf(f: KernelCase['f']) {
  return (...x: tf.Tensor[]): tf.Tensor[] => {
    const weighted = (...given: tf.Tensor[]) => {
      const y = f(...given);
      const weights = tf.tensor(
        Array.from({ length: y.size }, (_, i) => Math.sin(i + 1)),
        y.shape,
      );
      return tf.sum(tf.mul(y, weights));
    };
    return tf.grads(weighted)(x);
  };
}

function expectSame(name: string, f: (...x: tf.Tensor[]) => tf.Tensor[], x: tf.Tensor[]): void {
  const compiled = compile(f);
  for (const call of traceFunction(f, x).trace.calls) used.add(call);
  const [ours, theirs] = [compiled(...x), tf.tidy(() => f(...x))];
  for (const [i, tensor] of ours.entries()) {
    expect([name, tensor.shape, tensor.dtype]).toEqual([name, theirs[i].shape, theirs[i].dtype]);
    const [a, b] = [tensor, theirs[i]].map((each) => Array.from(each.dataSync()));
    // Elementwise functions are accurate to a few ulps in one library and to a hundred in another (2e-5 is 330 u; exp,
    // tanh, erf and pow of vectorized libraries), sums differ by the order of their terms (2e-6 is 33 u of the
    // largest), and 1e-6 where all are near 0.
    const scale = b.reduce((most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0), 0);
    for (const [j, value] of a.entries()) {
      const near = Object.is(value, b[j]) || Math.abs(value - b[j]) <= 2e-5 * Math.abs(b[j]) + 2e-6 * scale + 1e-6;
      if (!near) expect({ name, output: i, element: j, value }).toEqual({ name, output: i, element: j, value: b[j] });
    }
  }
  tf.dispose([ours, theirs]);
  compiled.dispose();
}

describe('every mapped kernel', () => {
  it.each(Object.keys(KERNEL_CASES))('agrees with tfjs-cpu, and so do its gradients: %s', (name) => {
    const { shapes, f, gradient = true } = KERNEL_CASES[name];
    const random = createRandom(name);
    const x = shapes.map((shape) => tf.tensor(random.normals(tf.util.sizeFromShape([...shape])), [...shape]));
    expectSame(name, (...given) => [f(...given)], x);
    if (gradient) expectSame(name, gradientsOf(f), x);
    tf.dispose(x);
  });

  it('is used by some case', () => {
    expect(MAPPED_KERNELS.filter((name) => !used.has(name))).toEqual([]);
  });
});
