import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { loadRuntime, type Runtime } from '../compile/running/runtime.ts';
import { createArrayStepBuilder } from './array-step.ts';
import { adamCoefficients, flatAdamUpdate } from './flat-adam.ts';
import { flatten, unflatten } from './flat-state.ts';
import type { StepDefinition } from './step-cache.ts';

beforeAll(() => useBackend({ force: 'cpu' }));

const specs = [
  { name: 'hidden', shape: [3, 8], values: createRandom('hidden').normals(24) },
  { name: 'out', shape: [8, 1], values: createRandom('out').normals(8) },
];
const SIZE = 32;

/** A regression with Adam on a flat state: parameters, then both moments. */
const regression: StepDefinition = {
  inputs: [[3 * SIZE], [16, 3], [16, 1], [2]],
  step(state, x, y, coefficients) {
    const part = (i: number) => tf.slice(state as tf.Tensor1D, [i * SIZE], [SIZE]);
    const coefficient = (i: number) => tf.reshape(tf.slice(coefficients as tf.Tensor1D, [i], [1]), []);
    const parameters = part(0);
    const weights = unflatten(parameters, specs);
    const loss = () => {
      const hidden = tf.tanh(tf.matMul(x as tf.Tensor2D, weights.get('hidden') as tf.Tensor2D));
      return tf.mean(tf.squaredDifference(tf.matMul(hidden, weights.get('out') as tf.Tensor2D), y));
    };
    const { value, grads } = tf.engine().gradients(loss, [...weights.variables]);
    const rates = { stepSize: coefficient(0), epsilonHat: coefficient(1), beta1: 0.5, beta2: 0.9 };
    const next = flatAdamUpdate({ parameters, m: part(1), v: part(2) }, flatten(grads, specs), rates);
    return { state: tf.concat1d([next.parameters, next.m, next.v]), loss: value };
  },
};

const firstState = () => {
  const state = new Float32Array(3 * SIZE);
  state.set([...specs[0].values, ...specs[1].values]);
  return state;
};
const [x, y] = [createRandom('x').normals(48), createRandom('y').normals(16)].map((list) => Float32Array.from(list));
const coefficientsAt = (step: number) => {
  const { stepSize, epsilonHat } = adamCoefficients(step, {
    learningRate: 0.01,
    beta1: 0.5,
    beta2: 0.9,
    epsilon: 1e-8,
  });
  return Float32Array.of(stepSize, epsilonHat);
};

describe('createArrayStepBuilder', () => {
  it('trains like the same function does eagerly, and does not change its inputs', async () => {
    const step = await createArrayStepBuilder()(regression);
    let [compiled, eager] = [firstState(), firstState()];
    for (let i = 1; i <= 20; i++) {
      const inputs = [compiled, x, y, coefficientsAt(i)];
      const copies = inputs.map((input) => input.slice());
      const { state, loss } = await step.run(inputs);
      expect(inputs).toEqual(copies);
      const expected = tf.tidy(() => {
        const shaped = regression.inputs.map((shape, j) => tf.tensor([eager, x, y, coefficientsAt(i)][j], [...shape]));
        const result = regression.step(...shaped);
        return [result.state, result.loss].map((tensor) => Float32Array.from(tensor.dataSync()));
      });
      // Float32, u = 6e-8: a loss of order 1 is a sum of about ten terms, and 1e-6 is 17 u. An update moves a weight by
      // the rate times m/√v, at most about 1, whose error is that of the gradient, about ten u of it, over as many
      // steps.
      expect(Math.abs(loss[0] - expected[1][0])).toBeLessThan(1e-6);
      [compiled, eager] = [state as typeof compiled, expected[0]];
    }
    for (const [i, value] of compiled.entries()) expect(Math.abs(value - eager[i])).toBeLessThan(1e-5);
    step.dispose();
  });

  it('returns arrays that later runs do not change, and the same bits each time', async () => {
    const step = await createArrayStepBuilder()(regression);
    const inputs = [firstState(), x, y, coefficientsAt(1)];
    const first = (await step.run(inputs)).state;
    const kept = first.slice();
    await step.run([first, x, y, coefficientsAt(2)]);
    expect(first).toEqual(kept);
    expect((await step.run(inputs)).state).toEqual(kept);
    step.dispose();
  });

  it('holds no tensor, and lets the event loop run while it builds', async () => {
    const base = tf.memory().numTensors;
    let pauses = 0;
    const breathe = () => new Promise<void>((resolve) => setImmediate(() => resolve(void pauses++)));
    const step = await createArrayStepBuilder({ breathe })(regression);
    expect(pauses).toBe(3);
    await step.run([firstState(), x, y, coefficientsAt(1)]);
    step.dispose();
    expect(tf.memory().numTensors).toBe(base);
  });

  it('rejects with the reason for what cannot be compiled', async () => {
    const build = createArrayStepBuilder();
    const hidden: StepDefinition = { inputs: [[2]], step: (z) => ({ z: tf.add(z, tf.randomNormal([2])) }) };
    await expect(build(hidden)).rejects.toMatchObject({ name: 'CompileError' });
    const read: StepDefinition = { inputs: [[2]], step: (z) => ({ z: tf.scalar(z.dataSync()[0]) }) };
    await expect(build(read)).rejects.toMatchObject({ name: 'CompileError' });
  });

  it('measures where it is fastest, without side effects, and is the same step there', async () => {
    let now = 0;
    const made: string[] = [];
    const real = loadRuntime() as Runtime;
    const runtime: Runtime = {
      ...real,
      providers: ['cpu', 'cuda'],
      problem: () => undefined,
      createSession(onnx, provider, threads) {
        made.push(`${provider} ${threads}`);
        const session = real.createSession(onnx, 'cpu', threads);
        return {
          dispose: () => session.dispose(),
          run(inputs, outputs) {
            now += provider === 'cuda' ? 1 : 2;
            return session.run(inputs, outputs);
          },
        };
      },
    };
    const step = await createArrayStepBuilder({ provider: 'auto', runtime, clock: () => now })(regression);
    expect(made.at(-1)).toBe('cuda 1');
    expect(made).toContain('cpu 1');
    const inputs = [firstState(), x, y, coefficientsAt(1)];
    const expected = await (await createArrayStepBuilder()(regression)).run(inputs);
    const before = now;
    expect(await step.run(inputs)).toEqual(expected);
    expect(now - before).toBe(1);
    step.dispose();
  });

  it('continues on the CPU, with the same numbers, if its provider fails', async () => {
    const lines: string[] = [];
    const real = loadRuntime() as Runtime;
    const runtime: Runtime = {
      ...real,
      providers: ['cpu', 'cuda'],
      problem: () => undefined,
      createSession(onnx, provider, threads) {
        const session = real.createSession(onnx, 'cpu', threads);
        const fails = () => {
          throw new Error('CUDA failure 700');
        };
        return provider === 'cpu' ? session : { ...session, run: fails };
      },
    };
    const log = (line: string) => void lines.push(line);
    const step = await createArrayStepBuilder({ provider: 'cuda', runtime, log })(regression);
    const inputs = [firstState(), x, y, coefficientsAt(1)];
    const expected = await (await createArrayStepBuilder()(regression)).run(inputs);
    expect(await step.run(inputs)).toEqual(expected);
    expect(await step.run(inputs)).toEqual(expected);
    expect(lines).toEqual(['a training step failed on cuda (CUDA failure 700); it continues on the CPU.']);
    step.dispose();
  });
});
