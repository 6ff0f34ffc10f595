import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { forward } from '../maths/mlp.ts';
import { mean } from '../maths/statistics.ts';
import { createSpace } from '../space/space.ts';
import { validatePoint } from '../space/validate.ts';
import { actionOf } from './heads.ts';
import type { EpisodeResult, PolicySettings } from './policy.ts';
import { policyNetwork } from './ppo.ts';
import { logLikelihood, ppoLoss, type Sample } from './ppo-objective.ts';
import { POLICY_NAMES, policyNamed } from './registry.ts';
import { runToy } from './run-toy.ts';
import { interactingRates, narrowValley } from './toy-benchmarks.ts';

const settings: PolicySettings = {
  space: interactingRates.space,
  episodes: 32,
  batchSize: 4,
  sobolEpisodes: 8,
  seed: 'spec',
};

function resultsOf(first: number, proposals: readonly { hyperparameters: EpisodeResult['hyperparameters'] }[]) {
  return proposals.map(({ hyperparameters }, i): EpisodeResult => {
    const failed = (first + i) % 5 === 4;
    return {
      episode: first + i,
      hyperparameters,
      reward: failed ? null : interactingRates.score(hyperparameters),
      observation: null,
    };
  });
}

describe('ppoLoss', () => {
  it('has the gradient that central finite differences find, clipped and inactive heads included', () => {
    const network = policyNetwork(settings.space);
    const random = createRandom('ppo-gradient');
    const size = network.mlpSize + network.heads.numbers.length;
    const parameters = Float64Array.from({ length: size }, () => 0.3 * random.normal());
    const proposals = policyNamed('random').propose(settings, policyNamed('random').initial(settings), {
      batch: 0,
      firstEpisode: 0,
      count: 6,
    });
    const samples = proposals.map(({ hyperparameters }): Sample => {
      const observation = Array.from({ length: network.shape.sizes[0] }, () => random.normal());
      const action = actionOf(network.heads, hyperparameters);
      const activations = forward(network.shape, parameters, observation);
      const now = logLikelihood(network, activations[activations.length - 1], parameters, action);
      // Ratios on both sides of the clipping, away from its kinks.
      const before = { choices: now.choices + 0.3 * random.normal(), numbers: now.numbers + 0.3 * random.normal() };
      return { observation, action, reward: random.normal(), advantage: random.normal(), before };
    });
    const weights = { epsilon: 0.2, entropy: 0.02, value: 0.5 };
    const { gradient } = ppoLoss(network, parameters, samples, weights);
    const checked = [
      ...Array.from({ length: 60 }, () => random.integer(size)),
      ...Array.from({ length: network.heads.outputs + network.heads.numbers.length }, (_, i) => size - 1 - i),
    ];
    for (const i of checked) {
      const at = (step: number) => {
        const moved = parameters.slice();
        moved[i] += step;
        return ppoLoss(network, moved, samples, weights).loss;
      };
      // Error of order step² times third derivatives of a few units.
      expect(Math.abs(gradient[i] - (at(1e-5) - at(-1e-5)) / 2e-5)).toBeLessThan(1e-6);
    }
  });
});

describe.each(POLICY_NAMES)('policy %s', (name) => {
  const policy = policyNamed(name);

  it('proposes valid points, the same whether asked at once, one by one, or after its state went through JSON', () => {
    let state = policy.initial(settings);
    for (let batch = 0; batch < 8; batch++) {
      const firstEpisode = 4 * batch;
      const whole = policy.propose(settings, state, { batch, firstEpisode, count: 4 });
      const thawed = JSON.parse(JSON.stringify(state));
      const single = [3, 1, 0, 2].map(
        (i) => policy.propose(settings, thawed, { batch, firstEpisode: firstEpisode + i, count: 1 })[0],
      );
      expect([single[2], single[1], single[3], single[0]]).toEqual(whole);
      for (const { hyperparameters } of whole) validatePoint(settings.space, hyperparameters);
      state = policy.observe(settings, state, resultsOf(firstEpisode, whole));
    }
  });

  it('copes with a space of one pinned value and with one of choices only', () => {
    for (const space of [
      createSpace([{ name: 'a', kind: 'float', min: 1, max: 1, scale: 'linear', default: 1 }]),
      createSpace([{ name: 'b', kind: 'categorical', choices: ['x', 'y'], default: 'x' }]),
    ]) {
      const narrow = { ...settings, space, sobolEpisodes: 4 };
      const first = policy.propose(narrow, policy.initial(narrow), { batch: 0, firstEpisode: 0, count: 4 });
      const state = policy.observe(narrow, policy.initial(narrow), resultsOf(0, first));
      for (const { hyperparameters } of policy.propose(narrow, state, { batch: 1, firstEpisode: 4, count: 4 })) {
        validatePoint(space, hyperparameters);
      }
    }
  });
});

describe('warm start', () => {
  it.each(['ppo-surrogate', 'ppo', 'surrogate'])('of %s is Sobol with synthRatio 0 exactly once', (name) => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 16 }), (seed, sobolEpisodes) => {
        const policy = policyNamed(name);
        const own = { ...settings, seed, sobolEpisodes };
        const proposals = policy.propose(own, policy.initial(own), { batch: 0, firstEpisode: 0, count: sobolEpisodes });
        expect(proposals.map((proposal) => proposal.origin)).toEqual(new Array(sobolEpisodes).fill('sobol'));
        expect(proposals.filter(({ hyperparameters }) => hyperparameters.synthRatio === 0)).toHaveLength(1);
      }),
      { numRuns: 30 },
    );
  });
});

describe('policyNamed', () => {
  it('refuses the state of another policy', () => {
    const foreign = policyNamed('ppo').initial(settings);
    expect(() => policyNamed('surrogate').propose(settings, foreign, { batch: 0, firstEpisode: 0, count: 1 })).toThrow(
      'policy surrogate reads states of its own in form 1; this one is of ppo in form 1',
    );
  });

  it('names what there is', () => {
    expect(() => policyNamed('bayes')).toThrow('is not one of ppo-surrogate, ppo, surrogate, random, sobol, fixed');
  });
});

describe('PPO with surrogate against random search', () => {
  it.each([
    { benchmark: interactingRates, episodes: 32 },
    { benchmark: narrowValley, episodes: 40 },
  ])('finds better points on $benchmark.name in $episodes episodes, mean of 20 seeds', ({ benchmark, episodes }) => {
    const gains = Array.from({ length: 20 }, (_, seed) => {
      const own = { episodes, batchSize: 4, sobolEpisodes: episodes / 4 - ((episodes / 4) % 4), seed: `toy-${seed}` };
      return runToy(policyNamed('ppo-surrogate'), benchmark, own) - runToy(policyNamed('random'), benchmark, own);
    });
    // Deterministic; measured means are .06 to .13, so that a change for the worse shows.
    expect(mean(gains)).toBeGreaterThan(0.02);
  });
});
