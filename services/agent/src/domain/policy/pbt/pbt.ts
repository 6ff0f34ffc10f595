import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { addsPoints } from '../../selection/learned-defaults.ts';
import type { EpisodeResult, Policy, PolicySettings, PolicyState, Proposal } from '../policy.ts';
import { warmConfiguration } from '../sobol/warm-start.ts';
import { explore } from './explore.ts';

/** Share of the population that is replaced after each step by copies of as many of the best. */
const REPLACED = 0.2;

/** Batches that a population can consist of: at most one runs while another is proposed. */
const MOST_BATCHES = 2;

/** A step of a member: its last episode. */
type Step = Pick<EpisodeResult, 'episode' | 'hyperparameters' | 'reward'>;

/** Checkpoint of population-based training. */
interface PbtState extends PolicyState {
  /** The results of the last batches, the newest last: at most {@link MOST_BATCHES}. */
  readonly batches: readonly (readonly Step[])[];
}

/**
 * Population-based training (Jaderberg et al., "Population Based Training of Neural Networks", 2017) with truncation selection. An
 * episode is one step of one member: a fit that continues from the member's model. Batch b has the next steps of the members of
 * batch b − 1 − staleness, so that the population has (staleness + 1) · batchSize members, all of which are compared: the worst fifth
 * and those that failed continue from the model of one of the best fifth (exploit), with its hyperparameters changed (explore);
 * the others go on as they are. The first steps are Sobol points that add points.
 */
export const pbtPolicy: Policy<PbtState> = {
  name: 'pbt',
  form: 1,
  initial: () => ({ policy: 'pbt', form: 1, updates: 0, batches: [] }),
  propose: (settings, { updates, batches }, { batch, firstEpisode, count }) => {
    // Batches that were proposed and not observed, and the newest one that was, are one step of the whole population.
    const population = batches.slice(-Math.max(1, batch - updates + 1)).flat();
    const members = batches.at(-1) ?? [];
    return Array.from({ length: count }, (_, i) => {
      const episode = firstEpisode + i;
      const member = members[episode - batch * settings.batchSize];
      return member === undefined ? firstStep(settings, episode) : nextStep(settings, population, member, episode);
    });
  },
  observe: (_settings, state, results) => ({
    ...state,
    updates: state.updates + 1,
    batches: [...state.batches, results.map(stepOf)].slice(-MOST_BATCHES),
  }),
};

const stepOf = ({ episode, hyperparameters, reward }: EpisodeResult): Step => ({ episode, hyperparameters, reward });

function firstStep(settings: PolicySettings, episode: number): Proposal {
  // No episode of the sequence is the one that adds nothing: such a member has no model.
  return { hyperparameters: warmConfiguration({ ...settings, sobolEpisodes: 0 }, episode), origin: 'sobol' };
}

function nextStep(settings: PolicySettings, population: readonly Step[], member: Step, episode: number): Proposal {
  const ranked = population
    .filter(({ reward }) => reward !== null)
    .sort((a, b) => Number(b.reward) - Number(a.reward) || a.episode - b.episode);
  if (ranked.length === 0) return firstStep(settings, episode);
  const failed = population.length - ranked.length;
  const most = Math.floor(population.length / 2);
  const replaced = Math.min(most, Math.max(1, Math.round(REPLACED * population.length)));
  const place = ranked.indexOf(member);
  // The failed ones are the worst, and have no model to go on with.
  if (place >= 0 && place < ranked.length - Math.max(0, replaced - failed))
    return going(member, member.hyperparameters);
  const random = createRandom(`${settings.seed}/pbt-${episode}`);
  const best = ranked[random.integer(Math.max(1, Math.min(replaced, ranked.length)))];
  return going(best, explore(settings.space, best.hyperparameters, random));
}

/** A step that continues from the models of `from`. */
function going(from: Step, hyperparameters: Configuration): Proposal {
  const continued = addsPoints(from.hyperparameters) ? { continueFrom: from.episode } : {};
  return { hyperparameters, origin: 'policy', ...continued };
}
