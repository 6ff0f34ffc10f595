import { forward, outputBiasOffset } from '../domain/maths/mlp.ts';
import { clip, mean, standardDeviation } from '../domain/maths/statistics.ts';
import { type Action, probabilities } from '../domain/policy/ppo/heads.ts';
import type { PolicyNetwork } from '../domain/policy/ppo/ppo-network.ts';
import { PPO, type UpdateBatch } from '../domain/policy/ppo/ppo-update.ts';

/** Parameters and Adam's moments, in float64. */
export interface ReferenceState {
  readonly parameters: Float64Array;
  readonly m: Float64Array;
  readonly v: Float64Array;
}

/**
 * A direct implementation of an update of PPO, episode by episode in float64, with gradients by central differences: an
 * oracle for tests.
 */
export function referenceUpdate(network: PolicyNetwork, state: ReferenceState, batch: UpdateBatch): ReferenceState {
  const [parameters, m, v] = [state.parameters, state.m, state.v].map((values) => values.slice());
  const { rewards, steps } = batch;
  const outputs = outputsOf(network, parameters, batch.observation);
  const scale = Math.max(standardDeviation(rewards), 1e-3);
  const value = outputs[outputs.length - 1];
  const before = batch.actions.map((action) => likelihoodOf(network, outputs, parameters, action));
  const advantages = rewards.map((reward) => clip((reward - value) / scale, -PPO.advantageLimit, PPO.advantageLimit));
  for (let epoch = 1; epoch <= PPO.epochs; epoch++) {
    const gradient = parameters.map((_, i) => {
      const at = (step: number) => {
        const moved = parameters.slice();
        moved[i] += step;
        return lossOf(network, moved, batch, before, advantages);
      };
      return (at(1e-5) - at(-1e-5)) / 2e-5;
    });
    const t = steps + epoch;
    gradient.forEach((slope, i) => {
      m[i] = 0.9 * m[i] + 0.1 * slope;
      v[i] = 0.999 * v[i] + 0.001 * slope * slope;
      const rate = i < outputBiasOffset(network.shape) ? PPO.trunkRate : PPO.biasRate;
      parameters[i] -= (rate * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
      const { least, most } = PPO.spread;
      if (i >= network.mlpSize) parameters[i] = clip(parameters[i], Math.log(least), Math.log(most));
    });
  }
  return { parameters, m, v };
}

/** Ratios of the likelihoods of each episode's choices and numbers under parameters now and before: what PPO clips. */
export function ratiosOf(
  network: PolicyNetwork,
  now: Float64Array,
  before: Float64Array,
  { observation, actions }: UpdateBatch,
): number[] {
  const [after, earlier] = [now, before].map((parameters) => {
    const outputs = outputsOf(network, parameters, observation);
    return actions.map((action) => likelihoodOf(network, outputs, parameters, action));
  });
  return after.flatMap(({ choices, numbers }, i) => [
    Math.exp(choices - earlier[i].choices),
    Math.exp(numbers - earlier[i].numbers),
  ]);
}

function outputsOf({ shape }: PolicyNetwork, parameters: Float64Array, observation: readonly number[]): Float64Array {
  const activations = forward(shape, parameters, observation);
  return activations[activations.length - 1];
}

interface Likelihood {
  readonly choices: number;
  readonly numbers: number;
}

function likelihoodOf(
  { heads, mlpSize }: PolicyNetwork,
  outputs: Float64Array,
  parameters: Float64Array,
  action: Action,
): Likelihood {
  let [choices, numbers] = [0, 0];
  heads.choices.forEach((head, i) => {
    if (action.options[i] >= 0) choices += Math.log(probabilities(outputs, head)[action.options[i]]);
  });
  heads.numbers.forEach((head, i) => {
    if (Number.isNaN(action.logits[i])) return;
    const spread = Math.exp(parameters[mlpSize + head.spread]);
    const z = (action.logits[i] - outputs[head.offset]) / spread;
    numbers += Math.log(Math.exp(-0.5 * z * z) / (spread * Math.sqrt(2 * Math.PI)));
  });
  return { choices, numbers };
}

function lossOf(
  network: PolicyNetwork,
  parameters: Float64Array,
  { observation, actions, rewards, entropy }: UpdateBatch,
  before: readonly Likelihood[],
  advantages: readonly number[],
): number {
  const outputs = outputsOf(network, parameters, observation);
  const value = outputs[outputs.length - 1];
  const gain = (logRatio: number, advantage: number) => {
    const ratio = Math.exp(logRatio);
    return Math.min(ratio * advantage, clip(ratio, 1 - PPO.epsilon, 1 + PPO.epsilon) * advantage);
  };
  const gains = actions.map((action, i) => {
    const now = likelihoodOf(network, outputs, parameters, action);
    return gain(now.choices - before[i].choices, advantages[i]) + gain(now.numbers - before[i].numbers, advantages[i]);
  });
  let disorder = 0;
  for (const head of network.heads.choices) for (const p of probabilities(outputs, head)) disorder -= p * Math.log(p);
  for (const head of network.heads.numbers) {
    disorder += 0.5 * Math.log(2 * Math.PI * Math.E * Math.exp(parameters[network.mlpSize + head.spread]) ** 2);
  }
  const valueLoss = 0.5 * PPO.valueWeight * mean(rewards.map((reward) => (value - reward) ** 2));
  return valueLoss - mean(gains) - entropy * disorder;
}
