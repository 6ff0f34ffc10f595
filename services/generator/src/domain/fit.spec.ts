import { setImmediate as breathe } from 'node:timers/promises';
import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { createArrayStepBuilder } from '@qloom/tfjs/steps/array-step.ts';
import { createStepCache } from '@qloom/tfjs/steps/step-cache.ts';
import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';
import * as tf from '@tensorflow/tfjs-core';
import { openQuadraticCritic, twoClouds } from '../testing/quadratic-critic.ts';
import type { Critic, OpenCritic } from './critic.ts';
import { CancelledError, CriticLostError, DivergedError, UnusableCheckpointError } from './errors.ts';
import { fitGenerator } from './fit.ts';
import type { FitOptions } from './fit-options.ts';
import { generatorSettings } from './generator-settings.ts';
import { unpackModel } from './model.ts';
import { sampleModel } from './sample.ts';
import { networkOf } from './training/neural-model.ts';
import { fitWithRecovery } from './training/recovering-fit.ts';

const points = twoClouds(40, createRandom('clouds'));
const shape = { features: 2, classes: 2, lower: [-4, -4], upper: [4, 4], shots: 0 };
const open: OpenCritic = async (opening) => openQuadraticCritic(opening);

/** Compiled steps that the fits train with; set by the suite. */
let steps: TrainingSteps | undefined;
const compiledSteps: TrainingSteps = createStepCache(createArrayStepBuilder(), { idle: 64 });

function options(hyperparameters: Configuration = {}, more: Partial<FitOptions> = {}): FitOptions {
  return {
    settings: generatorSettings({ 'gan.steps': 60, ...hyperparameters }),
    data: { points, shape },
    seed: 7,
    signal: new AbortController().signal,
    openCritic: open,
    breathe: () => breathe(),
    checkpointEvery: 20,
    steps,
    ...more,
  };
}

/** The quadratic critic with the changes of `change`. */
const changed =
  (change: (critic: Critic) => Partial<Critic>): OpenCritic =>
  async (opening) => {
    const critic = openQuadraticCritic(opening);
    return { ...critic, ...change(critic) };
  };

beforeAll(async () => {
  await useBackend();
});

describe.each([
  ['eager', undefined],
  ['compiled', compiledSteps],
])('fitGenerator, %s', (_mode, given) => {
  beforeAll(() => {
    steps = given;
  });

  it('learns where the classes of the data lie', async () => {
    const { model, selectedStep } = await fitGenerator(options({ 'gan.steps': 240 }));
    expect(selectedStep).toBeGreaterThanOrEqual(60);
    const made = sampleModel(unpackModel(model), {
      counts: [200, 200],
      seed: 1,
      signal: new AbortController().signal,
      breathe,
      gated: false,
    });
    const sums = [0, 0, 0, 0];
    for await (const chunk of made) {
      for (let i = 0; i < chunk.count; i++) {
        sums[2 * chunk.y[i]] += chunk.x[2 * i] / 200;
        sums[2 * chunk.y[i] + 1] += chunk.x[2 * i + 1] / 200;
      }
    }
    // 16 fitted points of deviation .4 per class: their mean is known to .1, and the fit adds an error of its own.
    for (const [i, mean] of [1, 0, -1, 0.5].entries()) expect(Math.abs(sums[i] - mean)).toBeLessThan(0.3);
  });

  it.each([
    { 'vae.layers': 1, 'vae.activation': 'relu' },
    { 'vae.layers': 3, 'vae.architecture': 'residual', 'vae.activation': 'tanh' },
    { 'vae.layers': 3, 'vae.latentDim': 32, 'vae.width': 128, 'gan.batchSize': 64, 'gan.steps': 8 },
    { method: 'cvae' },
    { method: 'cvae', 'vae.architecture': 'plain' },
  ] as Configuration[])('fits with %j', async (hyperparameters) => {
    const { model, values } = await fitGenerator(options(hyperparameters));
    expect(networkOf(unpackModel(model)).vae.layers).toBe(hyperparameters['vae.layers'] ?? 2);
    for (const value of Object.values(values)) expect(Number.isFinite(value)).toBe(true);
  });

  it('gives the same bits when resumed from any checkpoint as without interruption', async () => {
    const checkpoints: Uint8Array[] = [];
    const undisturbed = await fitGenerator(
      options({}, { onCheckpoint: (_, checkpoint) => void checkpoints.push(checkpoint) }),
    );
    expect(checkpoints.length).toBe(2);
    for (const resume of checkpoints) {
      const resumed = await fitGenerator(options({}, { resume }));
      expect(resumed.resumedFromStep).toBeGreaterThan(0);
      expect(Buffer.from(resumed.model).equals(undisturbed.model)).toBe(true);
    }
  });

  it('gives the same bits when its critic is lost and opened again, before and after the first checkpoint', async () => {
    const undisturbed = await fitGenerator(options());
    const losses = [5, 50];
    const waits: number[] = [];
    const fragile = changed((critic) => ({
      step: async (step) => {
        if (step.index !== losses[0]) return critic.step(step);
        losses.shift();
        throw new CriticLostError('gone');
      },
    }));
    const recovered = await fitWithRecovery(options({}, { openCritic: fragile }), {
      wait: async (ms) => void waits.push(ms),
    });
    expect(losses).toEqual([]);
    expect(waits).toEqual([100, 100]);
    expect(recovered.resumedFromStep).toBe(40);
    expect(Buffer.from(recovered.model).equals(undisturbed.model)).toBe(true);
  });

  it('gives up when the critic is lost again and again', async () => {
    const waits: number[] = [];
    const lost: OpenCritic = async () => {
      throw new CriticLostError('nobody there');
    };
    const fit = fitWithRecovery(options({}, { openCritic: lost }), { wait: async (ms) => void waits.push(ms) });
    await expect(fit).rejects.toThrow('nobody there');
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('takes turns with other fits in the process, none of which changes another', async () => {
    const alone = await Promise.all([1, 2].map((seed) => fitGenerator(options({}, { seed }))));
    const order: number[] = [];
    const together = await Promise.all(
      [1, 2].map((seed) => fitGenerator(options({}, { seed, onProgress: () => void order.push(seed) }))),
    );
    for (const i of [0, 1]) expect(Buffer.from(together[i].model).equals(alone[i].model)).toBe(true);
    const lead = order.map((_, i) => order.slice(0, i + 1).reduce((sum, seed) => sum + (seed === 1 ? 1 : -1), 0));
    expect(Math.max(...lead.map(Math.abs))).toBeLessThanOrEqual(2);
  });

  it('names the step and the quantity when it diverges', async () => {
    const poisoned = changed((critic) => ({
      step: async (step) => {
        const answer = await critic.step(step);
        if (step.index === 3) answer.gradient?.fill(Number.NaN, 1, 2);
        return answer;
      },
    }));
    const fit = fitGenerator(options({}, { openCritic: poisoned }));
    await expect(fit).rejects.toThrow(DivergedError);
    await expect(fit).rejects.toMatchObject({ step: 3, quantity: 'critic gradient' });
  });

  it('refuses an answer that does not fit the batch', async () => {
    const short = changed((critic) => ({
      step: async (step) => ({ ...(await critic.step(step)), gradient: new Float32Array(5) }),
    }));
    await expect(fitGenerator(options({}, { openCritic: short }))).rejects.toThrow(
      'critic: the gradient of step 0 has 5 numbers, not 64',
    );
  });

  it('refuses the checkpoint of another fit', async () => {
    let resume: Uint8Array | undefined;
    await fitGenerator(options({}, { onCheckpoint: (_, checkpoint) => void (resume = checkpoint) }));
    await expect(fitGenerator(options({ 'vae.width': 16 }, { resume }))).rejects.toThrow(UnusableCheckpointError);
    await expect(fitGenerator(options({}, { resume, seed: 8 }))).rejects.toThrow(UnusableCheckpointError);
  });

  it('frees every tensor when it is cancelled, even while the critic does not answer', async () => {
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    let closed = 0;
    const silent = changed((critic) => ({
      step: (step) => {
        if (step.index < 10) return critic.step(step);
        controller.abort();
        return new Promise(() => undefined);
      },
      close: async () => void closed++,
    }));
    const fit = fitGenerator(options({}, { openCritic: silent, signal: controller.signal }));
    await expect(fit).rejects.toThrow(CancelledError);
    expect(tf.memory().numTensors).toBe(before);
    expect(closed).toBe(1);
  });

  it('holds as many tensors and bytes after 500 steps and five checkpoints as after the first', async () => {
    const held: [number, number][] = [];
    const onProgress = ({ step }: { step: number }) => {
      const { numTensors, numBytes } = tf.memory();
      if (step % 100 === 0) held.push([numTensors, numBytes]);
    };
    const small = { 'gan.batchSize': 16, 'vae.layers': 1, 'vae.width': 16, 'vae.activation': 'relu' };
    await fitGenerator(options({ ...small, 'gan.steps': 500 }, { onProgress, checkpointEvery: 100 }));
    expect(held.length).toBe(5);
    for (const now of held) expect(now).toEqual(held[0]);
  });
});

describe('a fit, compiled and eager', () => {
  const modes = [undefined, compiledSteps];

  it.each([
    { 'vae.activation': 'swish' },
    { 'vae.architecture': 'plain' },
    { 'vae.activation': 'tanh', 'vae.architecture': 'residual', 'vae.layers': 3 },
    { method: 'cvae' },
  ] as Configuration[])('gives the same results with %j in any mix of modes', async (hyperparameters) => {
    const fits: Float32Array[] = [];
    for (const first of modes) {
      let resume: Uint8Array | undefined;
      const onCheckpoint = (step: number, bytes: Uint8Array) => {
        if (step === 20) resume = bytes;
      };
      await fitGenerator(options({ ...hyperparameters, 'gan.steps': 30 }, { steps: first, onCheckpoint }));
      for (const second of modes) {
        const { model, resumedFromStep } = await fitGenerator(
          options({ ...hyperparameters, 'gan.steps': 30 }, { steps: second, resume }),
        );
        expect(resumedFromStep).toBe(20);
        const bytes = networkOf(unpackModel(model)).parameters;
        fits.push(new Float32Array(bytes.slice().buffer));
      }
    }
    for (const parameters of fits) {
      // Float32, 30 steps of Adam, sums in different orders. A step is the rate times m/√v, whose error is that of the
      // gradient relative to itself: about 1e-5, and up to 1 where a gradient is the small difference of its terms. Smooth
      // activations keep it from growing: a parameter that moved by up to 30 steps of the rate 2e-3 is off by less than a quarter of that way.
      for (const [i, value] of parameters.entries()) expect(Math.abs(value - fits[0][i])).toBeLessThan((30 * 2e-3) / 4);
    }
  });

  it('continues eagerly, with the results of an eager fit, where a step cannot be compiled', async () => {
    const told: string[] = [];
    const failing = createStepCache(async () => {
      throw new Error('no such kernel');
    });
    const fallBack = (what: string, error: unknown) => void told.push(`${what}: ${error}`);
    const fallen = await fitGenerator(options({}, { steps: Object.assign(failing, { fallBack }) }));
    const eager = await fitGenerator(options({}, { steps: undefined }));
    expect(Buffer.from(fallen.model).equals(eager.model)).toBe(true);
    expect(told).toEqual(['a network: Error: no such kernel']);
  });

  it('builds its graphs once for all fits of a structure', async () => {
    let built = 0;
    const build = createArrayStepBuilder();
    const cache = createStepCache((definition) => {
      built++;
      return build(definition);
    });
    await Promise.all([1, 2, 3].map((seed) => fitGenerator(options({ 'gan.steps': 10 }, { seed, steps: cache }))));
    await fitGenerator(options({ 'gan.steps': 10, 'gan.lrG': 2e-3, 'gan.beta': 0.5 }, { steps: cache }));
    expect(built).toBe(2);
  });
});
