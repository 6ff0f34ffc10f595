import { loadRuntime, type Runtime } from '../compile/running/runtime.ts';
import { chooseTrainingSteps } from './training-steps.ts';

/** onnxruntime-node with a build for CUDA, and with this problem of the device. */
function withCuda(problem: string | undefined): Runtime {
  const real = loadRuntime() as Runtime;
  return { ...real, providers: ['cpu', 'cuda'], problem: (name) => (name === 'cuda' ? problem : undefined) };
}

describe('chooseTrainingSteps', () => {
  it('compiles by default if onnxruntime-node is installed, and reports it', () => {
    const told: string[] = [];
    const { steps, available, reason } = chooseTrainingSteps({ backend: 'wasm', log: (line) => told.push(line) });
    expect(available).toBe(true);
    expect(reason).toMatch(/^onnxruntime-node \d+\.\d+\.\d+, CPU, one thread$/);
    expect(told).toEqual([`compiled training steps: in use (${reason})`]);
    steps?.fallBack?.('a critic', new Error('no such kernel'));
    expect(told[1]).toBe('compiled training steps: a critic continues eagerly: no such kernel');
  });

  it('fails instead of falling back if it is on', () => {
    const { steps, reason } = chooseTrainingSteps({ mode: 'on', backend: 'tfjs-node-gpu' });
    expect(steps).toBeDefined();
    expect(steps?.fallBack).toBeUndefined();
    expect(reason).toContain('forced');
  });

  it('trains eagerly if onnxruntime-node is missing, unless it is on: then the error says what to do', () => {
    const runtime = { missing: 'package onnxruntime-node is not installed' };
    const { providers, ...choice } = chooseTrainingSteps({ backend: 'wasm', runtime });
    expect(choice).toEqual({ available: false, reason: runtime.missing });
    expect(providers.map(({ reason }) => reason)).toEqual([runtime.missing, runtime.missing, runtime.missing]);
    expect(() => chooseTrainingSteps({ mode: 'on', backend: 'wasm', runtime })).toThrow(
      "compiled training steps are 'on', but package onnxruntime-node is not installed; use 'auto' or 'off'",
    );
  });

  it('leaves training eager if it is off, and with libtensorflow on a GPU', () => {
    expect(chooseTrainingSteps({ mode: 'off', backend: 'wasm' })).toMatchObject({
      available: false,
      reason: "not tried: 'off' is asked for",
    });
    const gpu = chooseTrainingSteps({ backend: 'tfjs-node-gpu' });
    expect(gpu).toMatchObject({ available: true });
    expect(gpu.steps).toBeUndefined();
  });

  it('runs on the chosen provider, and reports it', () => {
    const there = chooseTrainingSteps({ backend: 'wasm', provider: 'cuda', runtime: withCuda(undefined) });
    expect(there).toMatchObject({ provider: 'cuda' });
    expect(there.reason).toMatch(/, cuda$/);
    const fastest = chooseTrainingSteps({ backend: 'wasm', provider: 'auto', runtime: withCuda(undefined) });
    expect(fastest).toMatchObject({ provider: 'auto' });
    expect(fastest.reason).toMatch(/, the fastest provider of each graph$/);
  });

  it('runs on the CPU if the provider is not available, with the reason, and fails if it is on', () => {
    const runtime = withCuda('no NVIDIA device (/dev/nvidia0)');
    const { provider, reason } = chooseTrainingSteps({ backend: 'wasm', provider: 'cuda', runtime });
    expect(provider).toBe('cpu');
    expect(reason).toMatch(/, CPU, one thread, since cuda is not available: no NVIDIA device \(\/dev\/nvidia0\)$/);
    expect(() => chooseTrainingSteps({ mode: 'on', backend: 'wasm', provider: 'cuda', runtime })).toThrow(
      "compiled training steps are 'on', but not on cuda: no NVIDIA device (/dev/nvidia0); use 'auto' or another provider",
    );
  });
});
