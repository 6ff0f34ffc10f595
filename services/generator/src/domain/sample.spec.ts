import { setImmediate as breathe } from 'node:timers/promises';
import { quantizeToShots } from '@qloom/datasets/preprocessing/dequantize.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import * as tf from '@tensorflow/tfjs-core';
import { openQuadraticCritic, twoClouds } from '../testing/quadratic-critic.ts';
import { CancelledError, InvalidTrainingDataError } from './errors.ts';
import { fitGenerator } from './fit.ts';
import { generatorSettings } from './generator-settings.ts';
import { METHOD_NAMES } from './methods/method-table.ts';
import { type Model, packModel, unpackModel } from './model.ts';
import { type SampleSummary, sampleModel } from './sample.ts';
import type { SampleOptions } from './sampling/sample-options.ts';

const signal = new AbortController().signal;
const clouds = twoClouds(40, createRandom('clouds'));
/** Values as estimated from 16 shots: on a grid in [−1, 1]. */
const measured = quantizeToShots({ ...clouds, x: clouds.x.map((x) => x / 3) }, 16);
const shape = { features: 2, classes: 2, lower: [-1, -1], upper: [1, 1], shots: 16 };

async function fitted(hyperparameters: Configuration): Promise<Model> {
  const settings = generatorSettings({ 'gan.steps': 60, ...hyperparameters });
  const { model } = await fitGenerator({
    settings,
    data: { points: measured, shape },
    unlabelled: measured,
    source: measured,
    seed: 3,
    signal,
    breathe,
    openCritic: async (opening) => openQuadraticCritic(opening),
  });
  return unpackModel(model);
}

async function drawn(model: Model, options: Partial<SampleOptions> = {}) {
  const chunks: Points[] = [];
  const sampling = sampleModel(model, { counts: [30, 20], seed: 5, signal, breathe, ...options });
  for (;;) {
    const next = await sampling.next();
    if (next.done) {
      const x = chunks.flatMap((chunk) => [...chunk.x]);
      const y = chunks.flatMap((chunk) => [...chunk.y]);
      return { chunks, x, y, summary: next.value as SampleSummary };
    }
    chunks.push(next.value as Points);
  }
}

let gan: Model;

beforeAll(async () => {
  await useBackend();
  gan = await fitted({});
});

describe('sampleModel', () => {
  it.each(METHOD_NAMES.filter((method) => method !== 'none'))('gives the requested points with %s', async (method) => {
    const model = method === 'gan' ? gan : await fitted({ method });
    const { x, y, summary } = await drawn(model);
    expect(y.filter((label) => label === 0).length).toBe(30);
    expect(y.filter((label) => label === 1).length).toBe(20);
    expect(summary.count).toBe(50);
    for (const value of x) expect(Math.abs(value)).toBeLessThanOrEqual(1);
    expect((await drawn(model)).x).toEqual(x);
    expect((await drawn(unpackModel(packModel(model)))).x).toEqual(x);
    if (method !== 'duplicate') expect((await drawn(model, { seed: 6 })).x).not.toEqual(x);
  });

  it('gives no points with none', async () => {
    expect((await drawn(await fitted({ method: 'none' }))).summary).toMatchObject({ count: 0, drawn: 0 });
  });

  it('sends chunks of at most 256 rows and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const { chunks, summary } = await drawn(gan, { counts: [700, 0] });
    expect(Math.max(...chunks.map(({ count }) => count))).toBeLessThanOrEqual(256);
    expect(summary.count).toBe(700);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives the most probable rejected points if none passes, and reports their number', async () => {
    const { gate } = gan;
    const { summary } = await drawn({ ...gan, gate: gate && { ...gate, posterior: 1 } }, { counts: [0, 5] });
    expect(summary).toEqual({ count: 5, drawn: 4 * 5 + 256, acceptance: 0, forced: 5 });
  });

  it('passes on only points that the teacher finds probable', async () => {
    const loose = await drawn(await fitted({ method: 'prior', 'gate.posterior': 0 }), { counts: [400, 400] });
    const strict = await drawn(await fitted({ method: 'prior', 'gate.posterior': 0.9 }), { counts: [400, 400] });
    expect(strict.summary.acceptance).toBeLessThan(loose.summary.acceptance);
    expect(strict.x).not.toEqual(loose.x);
  });

  it('samples from a model without a gate through one that is fitted now', async () => {
    const { gate: _, ...old } = await fitted({ method: 'prior' });
    const { x, summary } = await drawn(unpackModel(packModel(old)), { counts: [300, 0] });
    expect(summary).toMatchObject({ count: 300 });
    expect(summary.acceptance).toBeLessThan(1);
    expect((await drawn(old, { counts: [300, 0] })).x).toEqual(x);
  });

  it('rounds to possible values of a measurement on request', async () => {
    const { x } = await drawn(gan, { requantized: true });
    // Multiples of 1/8 are exact in float32; the map to them rounds a number of order 1 eight times, times 8: 4e-6.
    for (const value of x) expect(Math.abs(((value + 1) * 8) % 1)).toBeLessThan(1e-5);
  });

  it('refuses invalid counts, and a class without training points', async () => {
    await expect(drawn(gan, { counts: [1] })).rejects.toThrow('class_counts: 1 counts for 2 classes');
    await expect(drawn(gan, { counts: [1, -1] })).rejects.toThrow('class 1 has -1');
    const one = { ...gan, training: { shape, points: { ...measured, y: measured.y.map(() => 0) } } };
    await expect(drawn(one)).rejects.toThrow('20 points of class 1, of which the model saw no training point; use 0');
  });

  it('refuses a model of a method that it does not have, and one without its network', async () => {
    await expect(drawn({ ...gan, method: 'flow' })).rejects.toThrow(
      'a model of method flow, which this generator does not have',
    );
    await expect(drawn({ ...gan, learned: undefined })).rejects.toThrow('a model of method gan without a network');
  });

  it('stops when cancelled', async () => {
    const model = await fitted({ method: 'noise' });
    await expect(drawn(model, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
  });
});

describe('rivals', () => {
  it('are farther from the training points with more strength', async () => {
    const spread = async (strength: number) => {
      const { x } = await drawn(await fitted({ method: 'kde', 'rival.strength': strength }));
      const { x: still } = await drawn(await fitted({ method: 'kde', 'rival.strength': 0.1 }));
      return x.reduce((sum, value, i) => sum + Math.abs(value - still[i]), 0);
    };
    expect(await spread(0.5)).toBeLessThan(await spread(2));
  });

  it('need shots to resample them', async () => {
    const fit = fitGenerator({
      settings: generatorSettings({ method: 'shot-resampling' }),
      data: { points: measured, shape: { ...shape, shots: 0 } },
      seed: 1,
      signal,
      breathe,
    });
    await expect(fit).rejects.toThrow(InvalidTrainingDataError);
  });
});
