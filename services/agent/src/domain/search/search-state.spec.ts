import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import fc from 'fast-check';
import { openPolicies } from '../../testing/open-policies.ts';
import { incumbentsOf } from '../evaluation/incumbents.ts';
import type { Policy, PolicySettings, PolicyState } from '../policy/policy.ts';
import { interactingRates } from '../policy/toy/toy-benchmarks.ts';
import { mapConstraints } from '../reward/constraints.ts';
import {
  batchOf,
  type Ending,
  foldBatch,
  initialSearch,
  nextBatch,
  noteEnded,
  noteProposed,
  PolicyForgottenError,
  policyOf,
  proposable,
  type SearchPlan,
  type SearchState,
  VersionNotFoldedError,
  versionFor,
  versionOf,
} from './search-state.ts';

let policy: Policy;
beforeAll(async () => {
  policy = (await openPolicies()).policyNamed('ppo-surrogate');
});

function settingsOf(plan: SearchPlan, seed: string): PolicySettings {
  return { space: interactingRates.space, seed, sobolEpisodes: 4, ...plan };
}

/** The services' results for a configuration, a function of only the configuration. */
function endingOf(configuration: Configuration): Ending {
  const score = interactingRates.score(configuration);
  if (score < -1.5) return { kind: 'failed', reason: 'diverged' };
  return {
    kind: 'rewarded',
    reward: score,
    utility: score / 10,
    observation: {
      generatorLoss: score,
      discriminatorLoss: 1,
      qnnLoss: 1 - score,
      qnnAccuracy: 0.5,
      diversity: 0,
      classImbalance: 0,
      groupImbalance: 0,
      weights: [0.2, 0.2, 0.2, 0.2, 0.2],
    },
    readings: configuration.synthRatio === 0 ? null : mapConstraints(() => ({ value: score, tau: 0, sigma: 0.1 })),
    terms: { qnn: 1 - score, diversity: score, imbalance: 0, gan: -1 },
  };
}

/** Runs a whole search; `pick` chooses which of the open episodes ends next. */
async function run(plan: SearchPlan, seed: string, pick: (open: number) => number, inFlight = 1) {
  const settings = settingsOf(plan, seed);
  let state: SearchState<PolicyState> = initialSearch(plan, policy.initial(settings));
  const log: { episode: number; configuration: Configuration }[] = [];
  for (let guard = 0; guard < 10_000; guard++) {
    for (let batch = nextBatch(state); batch !== null; batch = nextBatch(state)) {
      const before = state.versions[state.versions.length - 1].policy as PolicyState;
      state = foldBatch(state, await policy.observe(settings, before, batch));
    }
    for (const episode of proposable(state, inFlight)) {
      const version = state.versions[versionFor(plan, episode)].policy as PolicyState;
      const request = { batch: batchOf(plan, episode), firstEpisode: episode, count: 1 };
      const [{ hyperparameters }] = policy.propose(settings, version, request);
      log.push({ episode, configuration: hyperparameters });
      state = noteProposed(state, episode, hyperparameters);
    }
    if (
      state.episodes.size === state.plan.episodes &&
      [...state.episodes.values()].every(({ ending }) => ending !== null)
    )
      break;
    const open = [...state.episodes].filter(([, entry]) => entry.ending === null);
    const [episode, entry] = open[pick(open.length)];
    state = noteEnded(state, episode, endingOf(entry.hyperparameters));
  }
  return { state, points: log.sort((a, b) => a.episode - b.episode) };
}

describe('search', () => {
  it('proposes the same episodes for any order of results and number in flight', async () => {
    const plan = { episodes: 14, batchSize: 4, staleness: 1 };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 1 }),
        async (seed, inFlight, staleness) => {
          const random = createRandom(`order-${seed}`);
          const calm = await run({ ...plan, staleness }, `s${seed}`, () => 0);
          const wild = await run({ ...plan, staleness }, `s${seed}`, (open) => random.integer(open), inFlight);
          expect(wild.points).toEqual(calm.points);
          expect(wild.state.versions.map((version) => version.multipliers)).toEqual(
            calm.state.versions.map((version) => version.multipliers),
          );
        },
      ),
      { numRuns: 15 },
    );
  });

  it('never exceeds the number in flight, nor proposes an episode before the batches that it depends on', () => {
    const plan = { episodes: 12, batchSize: 4, staleness: 1 };
    const settings = settingsOf(plan, 'flight');
    let state: SearchState<PolicyState> = initialSearch(plan, policy.initial(settings));
    expect(proposable(state, 3)).toEqual([0, 1, 2]);
    for (let episode = 0; episode < 8; episode++) state = noteProposed(state, episode, {});
    for (let episode = 1; episode < 8; episode++)
      state = noteEnded(state, episode, { kind: 'failed', reason: 'diverged' });
    // Batch 0 is not over (episode 0 runs), so batch 2, which needs it with staleness 1, must wait.
    expect(proposable(state, 3)).toEqual([]);
    expect(nextBatch(state)).toBeNull();
  });

  it('passes failed episodes to the policy without a reward, and drops policy states that are no longer needed', async () => {
    const { state } = await run({ episodes: 16, batchSize: 4, staleness: 1 }, 'memory', () => 0);
    const kept = state.versions.filter((version) => version.policy !== null);
    expect(kept.length).toBeLessThanOrEqual(2);
  });
});

describe('incumbentsOf', () => {
  it('is the best three that added points', async () => {
    const { state } = await run({ episodes: 16, batchSize: 4, staleness: 1 }, 'incumbents', () => 0);
    const rewarded = [...state.episodes].flatMap(([episode, { hyperparameters, ending }]) =>
      ending?.kind === 'rewarded' ? [{ episode, hyperparameters, reward: ending.reward }] : [],
    );
    const candidates = incumbentsOf(rewarded);
    expect(candidates[0].reward).toBe(Math.max(...candidates.map((candidate) => candidate.reward)));
    expect(candidates).toHaveLength(3);
    for (const { hyperparameters } of candidates) expect(hyperparameters.synthRatio).not.toBe(0);
  });
});

describe('the version that an episode depends on', () => {
  const plan: SearchPlan = { episodes: 8, batchSize: 2, staleness: 1 };
  const started = initialSearch(plan, 'nothing learned');

  it('is not available before it is folded', () => {
    expect(versionOf(started, 3).batches).toBe(0);
    expect(() => versionOf(started, 4)).toThrow(VersionNotFoldedError);
    expect(() => versionOf(started, 7)).toThrow('episode 7 depends on 2 batches, and 0 are folded');
  });

  it("has the version's policy only as long as a proposal may need it", () => {
    let state: SearchState<string> = started;
    for (let batch = 0; batch < 3; batch++) {
      for (const episode of [2 * batch, 2 * batch + 1]) {
        state = noteEnded(noteProposed(state, episode, {}), episode, { kind: 'failed', reason: 'diverged' });
      }
      state = foldBatch(state, `${batch + 1} batches`);
    }
    expect(proposable(state, 2).map((episode) => policyOf(versionOf(state, episode)))).toEqual([
      '2 batches',
      '2 batches',
    ]);
    expect(() => policyOf(state.versions[1])).toThrow(PolicyForgottenError);
  });
});
