import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../../backends/backend.ts';
import { hostInput } from '../../steps/host-input.ts';
import { compile } from '../compile.ts';
import type { CompileError } from '../errors.ts';
import type { ProviderName } from './provider-name.ts';
import { candidates, listProviders } from './providers.ts';
import { loadRuntime, type Runtime, type Session } from './runtime.ts';

beforeAll(() => useBackend({ force: 'cpu' }));

/** A machine with a CUDA device: its sessions are the CPU's, changed by `cuda`. Every session is recorded. */
function machine(
  cuda: (session: Session) => Session,
  cost: (provider: ProviderName, threads: number) => number = () => 1,
) {
  const real = loadRuntime() as Runtime;
  const made: string[] = [];
  let now = 0;
  const runtime: Runtime = {
    ...real,
    providers: ['cpu', 'cuda'],
    problem: () => undefined,
    createSession(onnx, provider, threads) {
      made.push(`${provider} ${threads}`);
      const session = real.createSession(onnx, 'cpu', threads);
      const placed = provider === 'cuda' ? cuda(session) : session;
      return {
        dispose: () => placed.dispose(),
        run(inputs, outputs) {
          now += cost(provider, threads);
          return placed.run(inputs, outputs);
        },
      };
    },
  };
  return { runtime, made, clock: () => now };
}

/** A session that works this number of times and then fails, after it has written its outputs. */
const failingAfter =
  (runs: number) =>
  (session: Session): Session => {
    let left = runs;
    return {
      ...session,
      run(inputs, outputs) {
        const results = session.run(inputs, outputs);
        if (left-- <= 0) throw new Error('CUDA failure 700: an illegal memory access');
        return results;
      },
    };
  };

/** Adds 1, 2, 3 … to a variable, and returns its new value. */
function accumulator() {
  const total = tf.tidy(() => tf.variable(tf.tensor1d([0, 0])));
  let count = 0;
  const step = (x: tf.Tensor1D) => {
    total.assign(
      tf.add(
        total,
        tf.mul(
          x,
          hostInput([], () => ++count),
        ),
      ) as tf.Tensor1D,
    );
    return tf.add(total, 0);
  };
  return { total, step };
}

const numbers = (tensor: tf.Tensor) => Array.from(tensor.dataSync());

describe('a provider that fails', () => {
  it('during a run passes its state to the CPU, with one warning, and every drawn number is used once', () => {
    const lines: string[] = [];
    const { runtime, made } = machine(failingAfter(2));
    const { total, step } = accumulator();
    const compiled = compile(step, { provider: 'cuda', name: 'sum', runtime, log: (line) => lines.push(line) });
    const x = tf.tensor1d([1, 10]);
    const seen = Array.from({ length: 5 }, () => numbers(compiled(x))[0]);
    expect(seen).toEqual([1, 3, 6, 10, 15]);
    expect(numbers(total)).toEqual([15, 150]);
    expect(made).toEqual(['cuda 1', 'cpu 1']);
    expect(lines).toEqual([
      'compile: sum failed on cuda (CUDA failure 700: an illegal memory access); it continues on the CPU, from the same state.',
    ]);
    expect(compiled.stats[0]).toMatchObject({ provider: 'cpu', threads: 1, runs: 5 });
  });

  it('when the graph is loaded is skipped, with a warning', () => {
    const lines: string[] = [];
    const refuse = () => {
      throw new Error('out of memory\nat somewhere');
    };
    const { runtime } = machine(refuse);
    const compiled = compile((x: tf.Tensor1D) => tf.neg(x), {
      provider: 'cuda',
      name: 'negate',
      runtime,
      log: (line) => lines.push(line),
    });
    expect(numbers(compiled(tf.tensor1d([1, 2])))).toEqual([-1, -2]);
    expect(lines).toEqual(['compile: negate cannot run on cuda (out of memory); it runs on the CPU.']);
    expect(compiled.stats[0].provider).toBe('cpu');
  });

  it('for lack of a device is skipped, with the reason', () => {
    const lines: string[] = [];
    const { runtime } = machine((session) => session);
    const without: Runtime = { ...runtime, problem: (name) => (name === 'cuda' ? 'no NVIDIA device' : undefined) };
    const options = { name: 'negate', log: (line: string) => lines.push(line) };
    compile((x: tf.Tensor1D) => tf.neg(x), { ...options, provider: 'cuda', runtime: without })(tf.tensor1d([1]));
    compile((x: tf.Tensor1D) => tf.neg(x), { ...options, provider: 'webgpu', runtime })(tf.tensor1d([1]));
    expect(lines).toEqual([
      'compile: negate cannot run on cuda (no NVIDIA device); it runs on the CPU.',
      `compile: negate cannot run on webgpu (not in this build of onnxruntime-node ${runtime.version}); it runs on the CPU.`,
    ]);
  });

  it('is an error if it is the CPU', () => {
    const { runtime } = machine((session) => session);
    const broken: Runtime = {
      ...runtime,
      createSession: (onnx, provider, threads) => failingAfter(0)(runtime.createSession(onnx, provider, threads)),
    };
    const { total, step } = accumulator();
    const compiled = compile(step, { name: 'sum', runtime: broken });
    let failure: CompileError | undefined;
    try {
      compiled(tf.tensor1d([1, 1]));
    } catch (error) {
      failure = error as CompileError;
    }
    expect(failure).toMatchObject({
      code: 'PROVIDER',
      message: 'compile: sum failed on cpu at 1 thread: CUDA failure 700: an illegal memory access',
    });
    expect(numbers(total)).toEqual([0, 0]);
  });
});

describe('the provider webgpu', () => {
  it('takes a state of many variables in tensors of four parts each, because its kernels have eight buffers', () => {
    const real = loadRuntime() as Runtime;
    const runtime: Runtime = {
      ...real,
      providers: ['cpu', 'webgpu'],
      problem: () => undefined,
      createSession: (onnx, _provider, threads) => real.createSession(onnx, 'cpu', threads),
    };
    const seen = (['cpu', 'webgpu'] as const).map((provider) => {
      const variables = tf.tidy(() => Array.from({ length: 9 }, (_, i) => tf.variable(tf.tensor1d([i, 2 * i]))));
      const step = (x: tf.Tensor1D) => {
        for (const one of variables) one.assign(tf.mul(one, x) as tf.Tensor1D);
        return tf.addN(variables.map((one) => tf.sum(one)));
      };
      const compiled = compile(step, { provider, runtime });
      const sums = [2, 3].map((factor) => numbers(compiled(tf.tensor1d([factor, 1])))[0]);
      return { sums, inputs: compiled.stats[0].inputs, after: variables.map(numbers) };
    });
    expect(seen[1].inputs).toBe(seen[0].inputs + 2);
    expect(seen[1]).toEqual({ ...seen[0], inputs: seen[1].inputs });
    expect(seen[0].after).toEqual(Array.from({ length: 9 }, (_, i) => [6 * i, 2 * i]));
  });
});

describe('the provider auto', () => {
  const cheapest = (wanted: string) => (provider: ProviderName, threads: number) =>
    `${provider} ${threads}` === wanted ? 1 : 5;

  it.each(['cpu 1', 'cuda 1'])('takes the fastest, without changing any variable: %s', (wanted) => {
    const { runtime, clock } = machine((session) => session, cheapest(wanted));
    const { total, step } = accumulator();
    const compiled = compile(step, { provider: 'auto', runtime, clock });
    const x = tf.tensor1d([1, 10]);
    expect(numbers(compiled(x))).toEqual([1, 10]);
    expect(numbers(compiled(x))).toEqual([3, 30]);
    expect(numbers(total)).toEqual([3, 30]);
    const { provider, threads } = compiled.stats[0];
    expect(`${provider} ${threads}`).toBe(wanted);
  });

  it('measures a graph once, even from different functions, and another shape again', () => {
    const { runtime, made, clock } = machine((session) => session, cheapest('cuda 1'));
    const negate = (x: tf.Tensor1D) => tf.neg(x);
    compile(negate, { provider: 'auto', runtime, clock })(tf.tensor1d([1, 2]));
    const measured = made.length;
    expect(measured).toBe(candidates(listProviders(runtime)).length);
    const again = compile((x: tf.Tensor1D) => negate(x), { provider: 'auto', runtime, clock });
    again(tf.tensor1d([1, 2]));
    expect(made.slice(measured)).toEqual(['cuda 1']);
    again(tf.tensor1d([1, 2, 3]));
    expect(made.length).toBe(2 * measured + 1);
  });

  it('skips providers that fail, with a warning', () => {
    const lines: string[] = [];
    const { runtime, clock } = machine(failingAfter(0), cheapest('cuda 1'));
    const { step } = accumulator();
    const compiled = compile(step, { provider: 'auto', name: 'sum', runtime, clock, log: (line) => lines.push(line) });
    expect(numbers(compiled(tf.tensor1d([1, 10])))).toEqual([1, 10]);
    expect(lines).toEqual(['compile: sum cannot run on cuda (CUDA failure 700: an illegal memory access).']);
    expect(compiled.stats[0].provider).toBe('cpu');
  });

  it('tries the CPU with one thread and, if there are cores, with two; others once', () => {
    const findings = listProviders(machine((session) => session).runtime);
    expect(candidates(findings, 1)).toEqual([
      { provider: 'cpu', threads: 1 },
      { provider: 'cuda', threads: 1 },
    ]);
    expect(candidates(findings, 4).map(({ provider, threads }) => `${provider} ${threads}`)).toEqual([
      'cpu 1',
      'cpu 2',
      'cuda 1',
    ]);
  });
});

describe('a machine without onnxruntime-node', () => {
  const missing = 'package onnxruntime-node is not installed';

  it('runs the same function eagerly, and says why', () => {
    const { total, step } = accumulator();
    const compiled = compile(step, { runtime: { missing } });
    const x = tf.tensor1d([1, 10]);
    expect(compiled.choice).toEqual({ mode: 'eager', reason: missing });
    const before = tf.memory().numTensors;
    expect([compiled(x), compiled(x)].map(numbers)).toEqual([
      [1, 10],
      [3, 30],
    ]);
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(numbers(total)).toEqual([3, 30]);
    expect(compiled.stats).toEqual([]);
    expect(compiled.onnx()).toBeUndefined();
    compiled.dispose();
    expect(() => compiled(x)).toThrow('is called after its dispose()');
  });

  it('lists no provider, with the reason', () => {
    expect(listProviders({ missing })).toEqual(
      ['cpu', 'cuda', 'webgpu'].map((name) => ({ name, available: false, reason: missing })),
    );
  });
});
