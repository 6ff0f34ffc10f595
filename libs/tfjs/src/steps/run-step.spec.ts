import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { createFitStepRunner, createStepRunner } from './run-step.ts';
import type { StepDefinition } from './step-cache.ts';
import { chooseTrainingSteps } from './training-steps.ts';

/** One step down the gradient of the mean of (x·w)². */
const DESCENT: StepDefinition = {
  inputs: [[2], [3, 2]],
  step(w, x) {
    const loss = (v: tf.Tensor) => tf.mean(tf.square(tf.matMul(x as tf.Tensor2D, tf.reshape(v, [2, 1])))) as tf.Scalar;
    return { w: tf.sub(w, tf.grad(loss)(w)), loss: tf.reshape(loss(w), [1]) };
  },
};
const INPUTS = [Float32Array.of(1, -2), Float32Array.of(1, 0, 0, 1, 1, 1)];
// x·w is 1, −2, −1: the loss is 2, its gradient 2/3·(1 − 1, −2 − 1) = (0, −2).
const EXPECTED = { w: Float32Array.of(1, 0), loss: Float32Array.of(2) };

beforeAll(async () => void (await useBackend()));

describe('createStepRunner', () => {
  it('runs a step eagerly if there are no compiled ones, and frees everything', async () => {
    const before = tf.memory().numTensors;
    expect(await createStepRunner('a descent', undefined)('descent', () => DESCENT, INPUTS)).toEqual(EXPECTED);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('runs it compiled if there are, from one graph', async () => {
    const { steps } = chooseTrainingSteps({ mode: 'on', backend: 'wasm' });
    const run = createStepRunner('a descent', steps);
    for (let i = 0; i < 2; i++) expect(await run('descent', () => DESCENT, INPUTS)).toEqual(EXPECTED);
    expect(steps?.size).toBe(1);
  });

  it('continues eagerly with a structure that failed, and reports it once', async () => {
    const lines: string[] = [];
    const asked: string[] = [];
    const steps = {
      size: 0,
      async hold(key: string): Promise<never> {
        asked.push(key);
        throw new Error('no room for the graph');
      },
      fallBack: (what: string, error: unknown) => void lines.push(`${what}: ${(error as Error).message}`),
    };
    const run = createStepRunner('a descent', steps);
    for (const key of ['one', 'one', 'other']) expect(await run(key, () => DESCENT, INPUTS)).toEqual(EXPECTED);
    expect(asked).toEqual(['one', 'other']);
    expect(lines).toEqual(['a descent: no room for the graph', 'a descent: no room for the graph']);
  });

  it('fails with the error of the step if a fallback is not allowed', async () => {
    const steps = { size: 0, hold: () => Promise.reject(new Error('no room for the graph')) };
    const run = createStepRunner('a descent', steps);
    await expect(run('one', () => DESCENT, INPUTS)).rejects.toThrow('no room for the graph');
  });
});

describe('createFitStepRunner', () => {
  it('holds a step from its first run until it is released', async () => {
    const { steps } = chooseTrainingSteps({ mode: 'on', backend: 'wasm' });
    const events: string[] = [];
    const watched = {
      size: 0,
      async hold(key: string, define: () => StepDefinition) {
        events.push('hold');
        const held = await steps?.hold(key, define);
        return { run: held?.run as never, release: () => void events.push('release') };
      },
    };
    const runner = createFitStepRunner('a descent', watched);
    for (let i = 0; i < 2; i++) expect(await runner.run('descent', () => DESCENT, INPUTS)).toEqual(EXPECTED);
    expect(events).toEqual(['hold']);
    runner.release();
    await new Promise(setImmediate);
    expect(events).toEqual(['hold', 'release']);
  });

  it('runs every step eagerly once one has failed, and reports it once', async () => {
    const lines: string[] = [];
    const steps = {
      size: 0,
      hold: () => Promise.reject(new Error('no room for the graph')),
      fallBack: (what: string, error: unknown) => void lines.push(`${what}: ${(error as Error).message}`),
    };
    const runner = createFitStepRunner('a fit', steps);
    for (const key of ['one', 'other']) expect(await runner.run(key, () => DESCENT, INPUTS)).toEqual(EXPECTED);
    expect(lines).toEqual(['a fit: no room for the graph']);
  });

  it('fails with the error of the step if a fallback is not allowed', async () => {
    const steps = { size: 0, hold: () => Promise.reject(new Error('no room for the graph')) };
    const runner = createFitStepRunner('a fit', steps);
    await expect(runner.run('one', () => DESCENT, INPUTS)).rejects.toThrow('no room for the graph');
  });
});
