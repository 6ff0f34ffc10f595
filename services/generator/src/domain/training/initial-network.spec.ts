import { setImmediate as breathe } from 'node:timers/promises';
import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { openQuadraticCritic, twoClouds } from '../../testing/quadratic-critic.ts';
import { fitGenerator } from '../fit.ts';
import type { FitOptions } from '../fit-options.ts';
import { generatorSettings } from '../generator-settings.ts';
import { unpackModel } from '../model.ts';
import { networkOf } from './neural-model.ts';

const shape = { features: 2, classes: 2, lower: [-4, -4], upper: [4, 4], shots: 0 };

beforeAll(async () => {
  await useBackend();
});

describe('a fit that continues from a model', () => {
  const hyperparameters = { method: 'cvae', 'vae.width': 16, 'gan.steps': 40 } as const;
  const fit = (more: Partial<FitOptions> = {}, other: Configuration = {}) =>
    fitGenerator({
      settings: generatorSettings({ ...hyperparameters, ...other }),
      data: { points: twoClouds(40, createRandom('clouds')), shape },
      seed: 7,
      signal: new AbortController().signal,
      openCritic: async (opening) => openQuadraticCritic(opening),
      breathe: () => breathe(),
      checkpointEvery: 20,
      ...more,
    });

  it('starts where the model stands', async () => {
    const first = await fit({}, { 'gan.steps': 60 });
    const { model } = await fit({ initialModel: first.model, seed: 8 }, { 'gan.lrG': 5e-5, 'gan.steps': 1 });
    const [before, after] = [first.model, model].map((bytes) => {
      return new Float32Array(networkOf(unpackModel(bytes)).parameters.slice().buffer);
    });
    // One step of Adam moves a parameter by its rate, and the average by at most as much.
    for (const [i, value] of after.entries()) expect(Math.abs(value - before[i])).toBeLessThan(5.1e-5);
  });

  it.each([['gan'], ['cvae']])('gives the same bits again, and when resumed, with %s', async (method) => {
    const { model: initialModel } = await fit({}, { method });
    const checkpoints: Uint8Array[] = [];
    const onCheckpoint = (_: number, checkpoint: Uint8Array) => void checkpoints.push(checkpoint);
    const [one, two] = [await fit({ initialModel, onCheckpoint }, { method }), await fit({ initialModel }, { method })];
    expect(Buffer.from(one.model).equals(two.model)).toBe(true);
    const resumed = await fit({ initialModel, resume: checkpoints[0] }, { method });
    expect(resumed.resumedFromStep).toBe(20);
    expect(Buffer.from(resumed.model).equals(one.model)).toBe(true);
    await expect(fit({ resume: checkpoints[0] }, { method })).rejects.toThrow('training points or initial model');
  });

  it('selects its checkpoint by the points that the model never saw', async () => {
    const many = { points: twoClouds(400, createRandom('many')), shape };
    const { model, values } = await fit({ data: many });
    const continued = await fit({ data: many, initialModel: model, seed: 8 });
    expect([values['held_out.score'], continued.values['held_out.score']]).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
    const [one, two] = [model, continued.model].map((bytes) => networkOf(unpackModel(bytes)));
    expect([one.splitSeed, two.splitSeed]).toEqual([7, 7]);
    // The standardizer is that of the points for the fit, which are then the same ones.
    expect(two.codec).toEqual(one.codec);
  });

  it('refuses a model that does not fit', async () => {
    const { model } = await fit();
    const others: [Promise<unknown>, string][] = [
      [fit({ initialModel: model }, { 'vae.width': 32 }), 'initial_model: has vae.width 16; right would be 32'],
      [fit({ initialModel: model }, { method: 'gan' }), 'initial_model: is of method cvae; right would be gan'],
      [fit({ initialModel: model }, { method: 'prior' }), 'method prior does not continue; right would be gan, cvae'],
      [fit({ initialModel: model.slice(0, 90) }), 'initial_model: is no model'],
      [
        fit({ initialModel: model, data: { points: twoClouds(40, createRandom('others')), shape } }),
        'initial_model: was fitted to other training points',
      ],
    ];
    for (const [refused, message] of others) await expect(refused).rejects.toThrow(message);
  });
});
