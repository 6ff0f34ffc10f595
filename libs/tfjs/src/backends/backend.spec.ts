import * as tf from '@tensorflow/tfjs-core';
import { describeChoice, useBackend } from './backend.ts';

describe('useBackend', () => {
  it('takes the best available backend and reports the others', async () => {
    const lines: string[] = [];
    const choice = await useBackend({ log: (line) => lines.push(line) });
    expect(choice.considered[0].name).toBe('tfjs-node-gpu');
    expect(choice.considered.at(-1)).toMatchObject({ name: choice.name, available: true });
    expect(lines).toEqual([`TensorFlow.js backend: ${describeChoice(choice)}`]);
    expect(await useBackend()).toBe(choice);
  });

  it.each(['cpu', 'wasm'])('can be forced to %s, which then computes', async (force) => {
    expect((await useBackend({ force })).name).toBe(force);
    expect(tf.getBackend()).toBe(force);
    expect([...tf.tidy(() => tf.add([1, 2], [3, 4]).dataSync())]).toEqual([4, 6]);
  });

  it('chooses once for concurrent callers', async () => {
    const choices = await Promise.all([useBackend({ force: 'wasm' }), useBackend(), useBackend({ force: 'wasm' })]);
    expect(new Set(choices).size).toBe(1);
  });

  it('refuses an unknown backend and names the known ones', async () => {
    await expect(useBackend({ force: 'tpu' })).rejects.toThrow(
      "TensorFlow.js backend 'tpu': unknown; one of tfjs-node-gpu, tfjs-node, wasm, cpu",
    );
  });

  it('says why a forced backend is not available', async () => {
    await expect(useBackend({ force: 'tfjs-node-gpu' })).rejects.toThrow(
      'tfjs-node-gpu (package @tensorflow/tfjs-node-gpu is not installed)',
    );
  });

  it('leaves no handlers of the WebAssembly loader on the process', async () => {
    const before = process.listenerCount('unhandledRejection');
    await useBackend({ force: 'wasm' });
    expect(process.listenerCount('unhandledRejection')).toBe(before);
    expect(process.listeners('uncaughtException').map(String).join()).not.toContain('ExitStatus');
  });
});
