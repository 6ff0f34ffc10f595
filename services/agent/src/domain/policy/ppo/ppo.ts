import { createRandom } from '@qloom/random/random.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { defaultConfiguration } from '@qloom/study/space/space.ts';
import type { RunStep } from '@qloom/tfjs/steps/run-step.ts';
import { floatsFromText, textOfFloats } from '../../maths/float-text.ts';
import { forward, initialMlp, outputBiasOffset } from '../../maths/mlp.ts';
import { clip, mean } from '../../maths/statistics.ts';
import { batchObservation, EMPTY_OBSERVATION } from '../observation.ts';
import { type EpisodeResult, FAILED_REWARD, type Policy, type PolicySettings, type PolicyState } from '../policy.ts';
import { PolicyStateError } from '../policy-errors.ts';
import { warmConfiguration } from '../sobol/warm-start.ts';
import { actionOf, sampleConfiguration } from './heads.ts';
import { type PolicyNetwork, policyNetwork } from './ppo-network.ts';
import { PPO, updateNetwork } from './ppo-update.ts';

/** Checkpoint of PPO. */
export interface PpoState extends PolicyState {
  /** Perceptron and log standard deviations, then both moments of Adam for them; see `textOfFloats`. */
  readonly network: string;
  /** Steps of Adam so far. */
  readonly steps: number;
  /** Number of observed batches, warm start included. */
  readonly batches: number;
  /** Next input of the trunk: the last batch's mean observation. */
  readonly observation: readonly number[];
}

/** The form of {@link PpoState}. Form 1 had float64 numbers. */
export const PPO_FORM = 2;

/** One update from a batch: the next state. */
export type UpdatePpo = (
  settings: PolicySettings,
  state: PpoState,
  results: readonly EpisodeResult[],
) => Promise<PpoState>;

const networkOf = ({ space }: PolicySettings) => policyNetwork(space, PPO.hidden);

/** Parameters and moments, shape [3·size], as a copy. Throws {@link PolicyStateError}. */
function floatsOf({ size }: PolicyNetwork, state: PpoState): Float32Array {
  const floats = floatsFromText(state.network);
  if (floats?.length === 3 * size) return floats;
  throw new PolicyStateError(
    `state of policy ppo: its network holds ${floats?.length ?? 'no'} numbers where ${3 * size} are expected`,
  );
}

/** State before the first batch: Gaussian means at the services' defaults, choices uniform. */
export function initialPpo(settings: PolicySettings): PpoState {
  const network = networkOf(settings);
  const parameters = new Float32Array(3 * network.size);
  parameters.set(initialMlp(network.shape, createRandom(`${settings.seed}/ppo`)));
  parameters.fill(Math.log(PPO.spread.initial), network.mlpSize, network.size);
  const start = actionOf(network.heads, defaultConfiguration(settings.space));
  network.heads.numbers.forEach((head, i) => {
    const logit = start.logits[i];
    if (!Number.isNaN(logit)) parameters[outputBiasOffset(network.shape) + head.offset] = clip(logit, -1, 1);
  });
  return {
    policy: 'ppo',
    form: PPO_FORM,
    updates: 0,
    network: textOfFloats(parameters),
    steps: 0,
    batches: 0,
    observation: EMPTY_OBSERVATION,
  };
}

/** Draws `count` configurations from the current policy, with the random stream named `label`. */
export function samplePpo(settings: PolicySettings, state: PpoState, label: string, count: number): Configuration[] {
  const network = networkOf(settings);
  const parameters = Float64Array.from(floatsOf(network, state));
  const activations = forward(network.shape, parameters, state.observation);
  const random = createRandom(`${settings.seed}/ppo-sample-${label}`);
  const spreads = parameters.subarray(network.mlpSize, network.size);
  return Array.from({ length: count }, () =>
    sampleConfiguration(network.heads, activations[activations.length - 1], spreads, random),
  );
}

/**
 * One PPO update from a batch, as a bandit: the return of an episode is its reward. The reference likelihoods of the
 * ratios are those of the policy just before the update. If episodes were proposed by an older policy, by Sobol or by
 * the surrogate, the update is thus proximal to the current policy, as in decoupled PPO (Hilton et al., 2022).
 */
export function createPpoUpdate(runStep: RunStep): UpdatePpo {
  return async (settings, state, results) => {
    const network = networkOf(settings);
    const before = floatsOf(network, state);
    const rewards = results.map((result) => result.reward ?? FAILED_REWARD);
    const valueBias = network.mlpSize - 1;
    if (state.batches === 0) before[valueBias] = mean(rewards);
    const progress = Math.min(1, ((state.batches + 1) * settings.batchSize) / settings.episodes);
    const after = await updateNetwork(runStep, network, before, {
      observation: state.observation,
      actions: results.map(({ hyperparameters }) => actionOf(network.heads, hyperparameters)),
      rewards,
      entropy: PPO.entropy * (1 - progress),
      steps: state.steps,
    });
    return {
      ...state,
      updates: state.updates + 1,
      network: textOfFloats(after),
      steps: state.steps + PPO.epochs,
      batches: state.batches + 1,
      observation: batchObservation(results, state.observation),
    };
  };
}

/** PPO without a surrogate. It also learns from the Sobol points of the warm start. */
export const createPpoPolicy = (update: UpdatePpo): Policy<PpoState> => ({
  name: 'ppo',
  form: PPO_FORM,
  initial: initialPpo,
  propose(settings, state, { firstEpisode, count }) {
    return Array.from({ length: count }, (_, i) => {
      const episode = firstEpisode + i;
      if (episode < settings.sobolEpisodes)
        return { hyperparameters: warmConfiguration(settings, episode), origin: 'sobol' };
      return { hyperparameters: samplePpo(settings, state, `${episode}`, 1)[0], origin: 'policy' };
    });
  },
  observe: update,
});
