import { createRandom } from '@qloom/random/random.ts';
import { createSpace } from '@qloom/study/space/space.ts';
import { validateConfiguration } from '@qloom/study/space/validate.ts';
import fc from 'fast-check';
import type { EpisodeResult, PolicySettings, Proposal } from '../policy.ts';
import { explore } from './explore.ts';
import { pbtPolicy } from './pbt.ts';

const space = createSpace([
  { name: 'arch', kind: 'categorical', choices: ['conv', 'mlp'], default: 'mlp', fixedByModel: true },
  {
    name: 'kernel',
    kind: 'categorical',
    choices: ['3', '5', '7'],
    default: '5',
    condition: { parameter: 'arch', values: ['conv'] },
  },
  { name: 'width', kind: 'int', min: 16, max: 128, scale: 'log', default: 32, fixedByModel: true },
  { name: 'steps', kind: 'int', min: 2, max: 9, scale: 'linear', default: 5 },
  { name: 'rate', kind: 'float', min: 5e-5, max: 2e-3, scale: 'log', default: 1e-4 },
  { name: 'dropout', kind: 'float', min: 0, max: 0.5, scale: 'linear', default: 0 },
  { name: 'synthRatio', kind: 'float', min: 0.25, max: 8, scale: 'log', zeroAllowed: true, default: 1 },
]);
const settingsOf = (seed: string, batchSize: number, batches: number): PolicySettings => {
  return { space, episodes: batchSize * batches, batchSize, sobolEpisodes: batchSize, seed, continues: true };
};

/** The proposals and results of a study in which batch b is proposed from the batches before b − staleness. */
async function play(
  settings: PolicySettings,
  staleness: number,
  rewardOf: (episode: number) => number | null,
): Promise<{ readonly proposals: Proposal[]; readonly results: EpisodeResult[] }> {
  const states = [pbtPolicy.initial(settings)];
  const all = { proposals: [] as Proposal[], results: [] as EpisodeResult[] };
  for (let batch = 0; batch * settings.batchSize < settings.episodes; batch++) {
    const request = { batch, firstEpisode: batch * settings.batchSize, count: settings.batchSize };
    const proposals = pbtPolicy.propose(settings, states[Math.max(0, batch - staleness)], request);
    const results = proposals.map(({ hyperparameters }, i) => {
      const episode = request.firstEpisode + i;
      return { episode, hyperparameters, reward: rewardOf(episode), observation: null };
    });
    states.push(await pbtPolicy.observe(settings, states[batch], results));
    all.proposals.push(...proposals);
    all.results.push(...results);
  }
  return all;
}

const staleness = fc.constantFrom(0, 1);

describe('population-based training', () => {
  it('starts with different members that all add points', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), staleness, fc.integer({ min: 1, max: 8 }), async (seed, stale, batchSize) => {
        const { proposals } = await play(settingsOf(seed, batchSize, stale + 1), stale, () => 0);
        expect(proposals.map(({ continueFrom }) => continueFrom)).toEqual(proposals.map(() => undefined));
        for (const { hyperparameters } of proposals) expect(hyperparameters.synthRatio).not.toBe(0);
        expect(new Set(proposals.map(({ hyperparameters }) => hyperparameters.rate)).size).toBe(proposals.length);
      }),
    );
  });

  it('lets the worst fifth, and those that failed, continue from the best fifth, and the others from themselves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), staleness, fc.integer({ min: 2, max: 8 }), async (seed, stale, batchSize) => {
        const rewards = createRandom(seed);
        const reward = (episode: number) =>
          rewards.fork(`fails ${episode}`).uniform() < 0.2 ? null : rewards.fork(episode).normal();
        const batches = 6;
        const { proposals, results } = await play(settingsOf(seed, batchSize, batches), stale, reward);
        for (let batch = 2 * (stale + 1); batch < batches; batch++) {
          const first = (batch - 1 - 2 * stale) * batchSize;
          const population = results.slice(first, first + (stale + 1) * batchSize);
          const ranked = population
            .filter((result) => result.reward !== null)
            .sort((a, b) => Number(b.reward) - Number(a.reward));
          if (ranked.length === 0) continue;
          const fifth = Math.min(Math.floor(population.length / 2), Math.max(1, Math.round(population.length / 5)));
          const best = ranked.slice(0, fifth).map(({ episode }) => episode);
          const failed = population.length - ranked.length;
          const worst = ranked.slice(ranked.length - Math.max(0, fifth - failed)).map(({ episode }) => episode);
          for (let i = 0; i < batchSize; i++) {
            const { continueFrom, hyperparameters } = proposals[batch * batchSize + i];
            const own = (batch - 1 - stale) * batchSize + i;
            const isReplaced = results[own].reward === null || (fifth > 0 && worst.includes(own));
            if (isReplaced) {
              expect(best).toContain(continueFrom);
              expect(hyperparameters).not.toEqual(results[continueFrom as number].hyperparameters);
            } else expect([continueFrom, hyperparameters]).toEqual([own, results[own].hyperparameters]);
          }
        }
      }),
    );
  });

  it('keeps what a model fixes along every line of members', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), staleness, async (seed, stale) => {
        const { proposals } = await play(settingsOf(seed, 4, 8), stale, (episode) =>
          createRandom(seed).fork(episode).normal(),
        );
        for (const { continueFrom, hyperparameters } of proposals) {
          if (continueFrom === undefined) continue;
          const { arch, width } = proposals[continueFrom].hyperparameters;
          expect([hyperparameters.arch, hyperparameters.width]).toEqual([arch, width]);
        }
      }),
    );
  });

  it('starts anew where every member failed, and a single member goes on by itself', async () => {
    const failed = await play(settingsOf('failed', 4, 4), 0, () => null);
    expect(failed.proposals.every(({ origin, continueFrom }) => origin === 'sobol' && continueFrom === undefined)).toBe(
      true,
    );
    const single = await play(settingsOf('single', 1, 4), 0, () => 1);
    expect(single.proposals.map(({ continueFrom }) => continueFrom)).toEqual([undefined, 0, 1, 2]);
  });

  it('takes the earlier of equal members for the better one', async () => {
    const { proposals } = await play(settingsOf('equal', 4, 2), 0, () => 1);
    expect(proposals.slice(4).map(({ continueFrom }) => continueFrom)).toEqual([0, 1, 2, 0]);
  });
});

describe('explore', () => {
  it('stays in the space and away from "add nothing", and changes numbers by a tenth to a third or draws them anew', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const from = { arch: 'conv', kernel: '5', width: 64, steps: 5, rate: 1e-3, dropout: 0.25, synthRatio: 2 };
        const next = explore(space, from, createRandom(seed));
        validateConfiguration(space, next);
        expect([next.arch, next.width]).toEqual([from.arch, from.width]);
        expect(next.synthRatio).not.toBe(0);
        expect(next.rate).not.toBe(from.rate);
      }),
    );
    const factors = Array.from({ length: 400 }, (_, seed) => {
      const next = explore(
        space,
        { arch: 'mlp', width: 64, steps: 5, rate: 3e-4, dropout: 0, synthRatio: 1 },
        createRandom(seed),
      );
      return Math.abs(Math.log(Number(next.rate) / 3e-4) / Math.log(1.2));
    });
    const near = factors.filter((power) => power > 0.5 - 1e-9 && power < 1.5 + 1e-9);
    // Three quarters are perturbed, and a fifth of the others happen to be as near: .76 ± .02 of 400.
    expect(near.length).toBeGreaterThan(270);
    expect(near.length).toBeLessThan(350);
  });

  it('turns back at the end of a range', () => {
    for (let seed = 0; seed < 50; seed++) {
      const from = { arch: 'mlp', width: 64, steps: 9, rate: 2e-3, dropout: 0.5, synthRatio: 8 };
      const next = explore(space, from, createRandom(seed));
      expect([Number(next.rate) < 2e-3, Number(next.dropout) < 0.5, Number(next.synthRatio) < 8]).toEqual([
        true,
        true,
        true,
      ]);
    }
  });

  it('gives a value to what becomes active', () => {
    const free = createSpace(space.parameters.map(({ fixedByModel: _, ...parameter }) => parameter));
    const from = { arch: 'mlp', width: 64, steps: 5, rate: 1e-3, dropout: 0.25, synthRatio: 2 };
    const found = Array.from({ length: 60 }, (_, seed) => explore(free, from, createRandom(seed)));
    for (const next of found) validateConfiguration(free, next);
    expect(found.some(({ kernel }) => kernel !== undefined)).toBe(true);
  });
});
