import { createRandom } from '@qloom/random/random.ts';
import { type AdamState, adamStep, initialAdam } from '../maths/adam.ts';
import { forward, initialMlp, mlpParameterCount, outputBiasOffset } from '../maths/mlp.ts';
import { clip, mean, standardDeviation } from '../maths/statistics.ts';
import type { Hyperparameters } from '../space/parameter.ts';
import { defaultPoint, type Space } from '../space/space.ts';
import { actionOf, createHeads, samplePoint } from './heads.ts';
import { batchObservation, EMPTY_OBSERVATION, OBSERVATION_SIZE } from './observation.ts';
import { type EpisodeResult, FAILED_REWARD, type Policy, type PolicySettings, type PolicyState } from './policy.ts';
import { logLikelihood, type PolicyNetwork, ppoLoss, type Sample } from './ppo-objective.ts';
import { warmPoint } from './warm-start.ts';

/** Settings of the algorithm. The rate of the biases is no slip: at 1e-3 PPO loses to random search within 50 episodes. */
export const PPO = {
  hidden: [64, 64],
  epochs: 4,
  epsilon: 0.2,
  /** Weight of the entropy bonus at the start; it falls to 0 at the end of the study. */
  entropy: 0.02,
  valueWeight: 0.5,
  biasRate: 0.05,
  trunkRate: 1e-3,
  advantageLimit: 3,
  /** Standard deviation of the Gaussian heads in logit space: at first, least and most. */
  spread: { initial: 1.2, least: 0.15, most: 1.5 },
} as const;

/** Memory of PPO. */
export interface PpoState extends PolicyState {
  /** Perceptron, then log standard deviations. */
  readonly parameters: readonly number[];
  readonly adam: AdamState;
  /** Batches observed, warm start included. */
  readonly batches: number;
  /** What the trunk sees next: the last batch's mean observation. */
  readonly observation: readonly number[];
}

/** The network for a space. */
export function policyNetwork(space: Space): PolicyNetwork {
  const heads = createHeads(space);
  const shape = { sizes: [OBSERVATION_SIZE, ...PPO.hidden, heads.outputs] };
  return { heads, shape, mlpSize: mlpParameterCount(shape) };
}

/** State before the first batch: Gaussian means at the services' defaults, choices uniform. */
export function initialPpo({ space, seed }: PolicySettings): PpoState {
  const network = policyNetwork(space);
  const parameters = new Float64Array(network.mlpSize + network.heads.numbers.length);
  parameters.set(initialMlp(network.shape, createRandom(`${seed}/ppo`)));
  parameters.fill(Math.log(PPO.spread.initial), network.mlpSize);
  const start = actionOf(network.heads, defaultPoint(space));
  network.heads.numbers.forEach((head, i) => {
    const logit = start.logits[i];
    if (!Number.isNaN(logit)) parameters[outputBiasOffset(network.shape) + head.offset] = clip(logit, -1, 1);
  });
  return {
    policy: 'ppo',
    form: 1,
    updates: 0,
    parameters: [...parameters],
    adam: initialAdam(parameters.length),
    batches: 0,
    observation: EMPTY_OBSERVATION,
  };
}

/** `count` points drawn from the policy as it stands, by a stream named `label`. */
export function samplePpo(settings: PolicySettings, state: PpoState, label: string, count: number): Hyperparameters[] {
  const network = policyNetwork(settings.space);
  const parameters = Float64Array.from(state.parameters);
  const activations = forward(network.shape, parameters, state.observation);
  const random = createRandom(`${settings.seed}/ppo-sample-${label}`);
  const spreads = parameters.subarray(network.mlpSize);
  return Array.from({ length: count }, () =>
    samplePoint(network.heads, activations[activations.length - 1], spreads, random),
  );
}

/**
 * One PPO update from a batch, as a bandit: the return of an episode is its reward. The likelihoods that ratios compare
 * with are those of the policy just before the update. Where episodes were proposed by an older one, by Sobol or by
 * the surrogate, that makes the update proximal in the policy at hand, as in decoupled PPO (Hilton et al., 2022).
 */
export function updatePpo(settings: PolicySettings, state: PpoState, results: readonly EpisodeResult[]): PpoState {
  const network = policyNetwork(settings.space);
  const parameters = Float64Array.from(state.parameters);
  const rates = new Float64Array(parameters.length).fill(PPO.trunkRate);
  rates.fill(PPO.biasRate, outputBiasOffset(network.shape));
  const rewards = results.map((result) => result.reward ?? FAILED_REWARD);
  const valueBias = network.mlpSize - 1;
  if (state.batches === 0) parameters[valueBias] = mean(rewards);
  const samples = toSamples(network, parameters, state.observation, results, rewards);
  const progress = Math.min(1, ((state.batches + 1) * settings.batchSize) / settings.episodes);
  let { adam } = state;
  for (let epoch = 0; epoch < PPO.epochs; epoch++) {
    const { gradient } = ppoLoss(network, parameters, samples, {
      epsilon: PPO.epsilon,
      entropy: PPO.entropy * (1 - progress),
      value: PPO.valueWeight,
    });
    adam = adamStep(parameters, gradient, rates, adam);
    for (let i = network.mlpSize; i < parameters.length; i++) {
      parameters[i] = clip(parameters[i], Math.log(PPO.spread.least), Math.log(PPO.spread.most));
    }
  }
  return {
    ...state,
    updates: state.updates + 1,
    parameters: [...parameters],
    adam,
    batches: state.batches + 1,
    observation: batchObservation(results, state.observation),
  };
}

function toSamples(
  network: PolicyNetwork,
  parameters: Float64Array,
  observation: readonly number[],
  results: readonly EpisodeResult[],
  rewards: readonly number[],
): Sample[] {
  const activations = forward(network.shape, parameters, observation);
  const outputs = activations[activations.length - 1];
  const scale = Math.max(standardDeviation(rewards), 1e-3);
  return results.map((result, i) => {
    const action = actionOf(network.heads, result.hyperparameters);
    const advantage = (rewards[i] - outputs[outputs.length - 1]) / scale;
    return {
      observation,
      action,
      reward: rewards[i],
      advantage: clip(advantage, -PPO.advantageLimit, PPO.advantageLimit),
      before: logLikelihood(network, outputs, parameters, action),
    };
  });
}

/** PPO alone, after the Sobol points of the warm start, from which it learns as well. */
export const ppoPolicy: Policy<PpoState> = {
  name: 'ppo',
  initial: initialPpo,
  propose(settings, state, { firstEpisode, count }) {
    return Array.from({ length: count }, (_, i) => {
      const episode = firstEpisode + i;
      if (episode < settings.sobolEpisodes) return { hyperparameters: warmPoint(settings, episode), origin: 'sobol' };
      return { hyperparameters: samplePpo(settings, state, `${episode}`, 1)[0], origin: 'policy' };
    });
  },
  observe: updatePpo,
};
