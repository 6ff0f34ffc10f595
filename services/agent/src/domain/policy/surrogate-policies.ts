import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { fromUnit } from '@qloom/study/space/unit-cube.ts';
import type { Policy, PolicySettings, PolicyState, ProposalRequest } from './policy.ts';
import { initialPpo, PPO_FORM, type PpoState, samplePpo, type UpdatePpo } from './ppo/ppo.ts';
import { warmConfiguration } from './sobol/warm-start.ts';
import { perturbBest, pickCandidate, remember, SURROGATE, type Trial } from './surrogate/surrogate.ts';

/** Checkpoint of the surrogate policy. */
export interface SurrogateState extends PolicyState {
  readonly trials: readonly Trial[];
}

/** Checkpoint of PPO with surrogate. */
export interface PpoSurrogateState extends PolicyState {
  readonly ppo: PpoState;
  readonly trials: readonly Trial[];
}

/** Candidates drawn from the whole space. */
function scatter({ space, seed }: PolicySettings, count: number, label: string): Configuration[] {
  const random = createRandom(`${seed}/${label}`);
  return Array.from({ length: count }, () =>
    fromUnit(
      space,
      space.parameters.map(() => random.uniform()),
    ),
  );
}

function proposeEach(
  settings: PolicySettings,
  trials: readonly Trial[],
  { firstEpisode, count }: ProposalRequest,
  candidates: (episode: number) => Configuration[],
) {
  return Array.from({ length: count }, (_, i) => {
    const episode = firstEpisode + i;
    if (episode < settings.sobolEpisodes || trials.length === 0) {
      return { hyperparameters: warmConfiguration(settings, episode), origin: 'sobol' };
    }
    const random = createRandom(`${settings.seed}/forest-${episode}`);
    return { hyperparameters: pickCandidate(settings.space, trials, candidates(episode), random), origin: 'surrogate' };
  });
}

/** Bagged trees choose among neighbours of the best configurations and configurations from the whole space. */
export const surrogatePolicy: Policy<SurrogateState> = {
  name: 'surrogate',
  form: 1,
  initial: () => ({ policy: 'surrogate', form: 1, updates: 0, trials: [] }),
  propose: (settings, state, request) =>
    proposeEach(settings, state.trials, request, (episode) => [
      ...perturbBest(settings.space, state.trials, SURROGATE.candidates / 2, `${settings.seed}/near-${episode}`),
      ...scatter(settings, SURROGATE.candidates / 2, `far-${episode}`),
    ]),
  observe: (_settings, state, results) => ({
    ...state,
    updates: state.updates + 1,
    trials: remember(state.trials, results),
  }),
};

/**
 * The default for short studies: hybrid PPO learns from every batch, and bagged trees pick each episode among 32
 * candidates, half of them drawn from PPO's policy and half of them neighbours of the best episodes.
 */
export const createPpoSurrogatePolicy = (update: UpdatePpo): Policy<PpoSurrogateState> => ({
  name: 'ppo-surrogate',
  form: PPO_FORM,
  initial: (settings) => ({
    policy: 'ppo-surrogate',
    form: PPO_FORM,
    updates: 0,
    ppo: initialPpo(settings),
    trials: [],
  }),
  propose: (settings, state, request) =>
    proposeEach(settings, state.trials, request, (episode) => [
      ...samplePpo(settings, state.ppo, `${episode}`, SURROGATE.candidates / 2),
      ...perturbBest(settings.space, state.trials, SURROGATE.candidates / 2, `${settings.seed}/near-${episode}`),
    ]),
  async observe(settings, state, results) {
    const ppo = await update(settings, state.ppo, results);
    return { ...state, updates: ppo.updates, ppo, trials: remember(state.trials, results) };
  },
});
