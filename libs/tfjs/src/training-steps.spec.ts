import { chooseTrainingSteps } from './training-steps.ts';

describe('chooseTrainingSteps', () => {
  it('compiles by default where onnxruntime-node is installed, and says so', () => {
    const told: string[] = [];
    const { steps, available, reason } = chooseTrainingSteps({ backend: 'wasm', log: (line) => told.push(line) });
    expect(available).toBe(true);
    expect(reason).toMatch(/^onnxruntime-node \d+\.\d+\.\d+, CPU, one thread$/);
    expect(told).toEqual([`compiled training steps: in use (${reason})`]);
    steps?.fallBack?.('a critic', new Error('no such kernel'));
    expect(told[1]).toBe('compiled training steps: a critic goes on eagerly: no such kernel');
  });

  it('fails rather than falls back where it is on', () => {
    const { steps, reason } = chooseTrainingSteps({ mode: 'on', backend: 'tfjs-node-gpu' });
    expect(steps).toBeDefined();
    expect(steps?.fallBack).toBeUndefined();
    expect(reason).toContain('forced');
  });

  it('trains eagerly where onnxruntime-node is missing, unless it is on: then it says what to do', () => {
    const runtime = { missing: 'package onnxruntime-node is not installed' };
    expect(chooseTrainingSteps({ backend: 'wasm', runtime })).toEqual({ available: false, reason: runtime.missing });
    expect(() => chooseTrainingSteps({ mode: 'on', backend: 'wasm', runtime })).toThrow(
      "compiled training steps are 'on', but package onnxruntime-node is not installed; use 'auto' or 'off'",
    );
  });

  it('leaves training eager where it is off, and beside libtensorflow on a GPU', () => {
    expect(chooseTrainingSteps({ mode: 'off', backend: 'wasm' })).toEqual({
      available: false,
      reason: "not tried: 'off' is asked for",
    });
    const gpu = chooseTrainingSteps({ backend: 'tfjs-node-gpu' });
    expect(gpu).toMatchObject({ available: true });
    expect(gpu.steps).toBeUndefined();
  });
});
