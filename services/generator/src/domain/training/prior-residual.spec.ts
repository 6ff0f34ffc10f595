import { setImmediate as breathe } from 'node:timers/promises';
import { quantizeToShots } from '@qloom/datasets/preprocessing/dequantize.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { useBackend } from '@qloom/tfjs/backends/backend.ts';
import { valuesOf } from '@qloom/tfjs/layers/parameters.ts';
import { openQuadraticCritic, twoClouds } from '../../testing/quadratic-critic.ts';
import { fitCodec } from '../codec.ts';
import { fitGenerator } from '../fit.ts';
import { generatorSettings } from '../generator-settings.ts';
import { packModel, unpackModel } from '../model.ts';
import { networkSource } from '../sampling/network-source.ts';
import { priorSource } from '../sampling/prior-source.ts';
import type { TrainingData } from '../training-data.ts';
import { vaeSpecs } from '../vae/network.ts';
import { drawnBases, meanBases } from './base-points.ts';
import { fitChannelPrior } from './channel-prior.ts';
import { learnedNetwork, type NetworkPrior } from './neural-model.ts';

const clouds = twoClouds(40, createRandom('clouds'));
/** The second feature is an angle: its bounds are a full turn apart. */
const exact: TrainingData = {
  points: clouds,
  shape: { features: 2, classes: 2, lower: [-4, -Math.PI], upper: [4, Math.PI], shots: 0 },
};
/** Expectations from 16 shots. */
const counted: TrainingData = {
  points: quantizeToShots({ ...clouds, x: clouds.x.map((x) => x / 3) }, 16),
  shape: { features: 2, classes: 2, lower: [-1, -1], upper: [1, 1], shots: 16 },
};
const settings = generatorSettings({});

/** A model whose network has its initial weights. */
function untrained(training: TrainingData, prior: NetworkPrior) {
  const codec = fitCodec(training);
  const values = valuesOf(vaeSpecs(settings.vae, { channels: codec.channels, classes: 2 }, createRandom('weights')));
  const learned = learnedNetwork({
    vae: settings.vae,
    codec: codec.state,
    parameters: new Uint8Array(values.buffer),
    observationNoise: new Array(codec.channels).fill(0),
    prior,
  });
  return unpackModel(packModel({ method: 'gan', strength: 1, training, learned }));
}

async function fitted(data: TrainingData, hyperparameters: Configuration) {
  return fitGenerator({
    settings: generatorSettings({ 'gan.steps': 40, ...hyperparameters }),
    data,
    seed: 3,
    signal: new AbortController().signal,
    breathe: () => breathe(),
    openCritic: async (opening) => openQuadraticCritic(opening),
  });
}

const columnMeans = ({ x, count, features }: Points) =>
  Array.from({ length: features }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += x[i * features + j];
    return sum / count;
  });

beforeAll(async () => {
  await useBackend();
});

describe('a prior-residual network before its first step', () => {
  it.each([0, 0.7])("gives exactly the prior's draws, angles included, for ρ = %s", (rho) => {
    const source = networkSource(untrained(exact, { rho, role: 'base' }));
    const drawn = source.draw(50, 1, createRandom('draw'));
    expect(drawn).toEqual(priorSource(exact, rho).draw(50, 1, createRandom('draw')));
    source.dispose();
  });

  it('gives the same draws where the prior is around the decoder, up to rounding', () => {
    const source = networkSource(untrained(exact, { rho: 0, role: 'noise' }));
    const drawn = source.draw(50, 1, createRandom('draw'));
    const expected = priorSource(exact, 0).draw(50, 1, createRandom('draw'));
    // The mean is subtracted from float32 rows and added again: roundings of numbers of order 1, the angle's doubled near 0.
    drawn.x.forEach((value, i) => {
      expect(Math.abs(value - expected.x[i])).toBeLessThan(1e-4);
    });
    source.dispose();
  });

  it('measures its draws where shots are known', () => {
    const source = networkSource(untrained(counted, { rho: 0.7, role: 'base' }));
    const drawn = source.draw(400, 0, createRandom('draw'));
    for (const value of drawn.x) expect(Number.isInteger((value + 1) * 8)).toBe(true);
    const expected = columnMeans(priorSource(counted, 0.7).draw(400, 0, createRandom('other')));
    // Deviations of at most .5, five standard errors of a difference of means of 400.
    columnMeans(drawn).forEach((mean, j) => {
      expect(Math.abs(mean - expected[j])).toBeLessThan(5 * 0.5 * Math.sqrt(2 / 400));
    });
    source.dispose();
  });
});

describe('base points', () => {
  const codec = fitCodec(exact);
  const prior = fitChannelPrior(codec, exact.points, 0);
  const real = codec.encode(exact.points);

  it('are draws of the class of each row, and real points for their reconstructions', () => {
    const labels = Int32Array.from({ length: 4000 }, (_, i) => i % 2);
    const bases = drawnBases(prior);
    const drawn = bases.ofFakes(labels, createRandom('bases'));
    expect(bases.ofFakes(labels, createRandom('bases'))).toEqual(drawn);
    const means = meanBases(prior).ofFakes(Int32Array.of(0, 1), createRandom('none'));
    for (const label of [0, 1]) {
      for (let j = 0; j < codec.channels; j++) {
        let sum = 0;
        for (let i = label; i < 4000; i += 2) sum += drawn.data[i * codec.channels + j] / 2000;
        // Standardized channels: deviations of at most 1, five standard errors of 2,000.
        expect(Math.abs(sum - means.data[label * codec.channels + j])).toBeLessThan(5 / Math.sqrt(2000));
      }
    }
    expect(bases.ofReconstructions(real, exact.points.y)).toBe(real);
  });
});

describe('a fit on top of the prior', () => {
  it.each(['gan', 'cvae'])('stays nearer to it with a greater prior.labels, with %s', async (method) => {
    const sizes = await Promise.all(
      [30, 3000].map(async (labels) => (await fitted(exact, { method, 'prior.labels': labels })).values.residual),
    );
    expect(sizes[0]).toBeGreaterThan(0);
    expect(sizes[1]).toBeLessThan(sizes[0] / 2);
  });

  it.each(['gan', 'cvae'])('keeps the last parameters of a fit on few points, with %s', async (method) => {
    const { selectedStep, steps, values } = await fitted(counted, { method });
    expect(selectedStep).toBe(steps - 1);
    expect(values).not.toHaveProperty('held_out.score');
  });

  it('chooses the step on held-out points where there are many', async () => {
    const many = { ...exact, points: twoClouds(400, createRandom('many')) };
    const { values } = await fitted(many, {});
    expect(Number.isFinite(values['held_out.score'])).toBe(true);
  });
});
