import { adamCoefficients, flatAdamUpdate } from '@qloom/tfjs/flat-adam.ts';
import { flatten, unflatten } from '@qloom/tfjs/flat-state.ts';
import type { StepDefinition } from '@qloom/tfjs/step-cache.ts';
import * as tf from '@tensorflow/tfjs-core';
import { outputBiasOffset } from '../maths/mlp.ts';
import { standardDeviation } from '../maths/statistics.ts';
import type { Action, Heads } from './heads.ts';
import type { PolicyNetwork } from './ppo-network.ts';
import { judgeBatch, mostOptions, networkSlots, type PpoBatch, ppoLoss } from './ppo-objective.ts';

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

/** Adam's decays and ε (Kingma and Ba, 2015). Its rate differs by parameter. */
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
/** Least standard deviation of rewards that advantages are measured in. */
const LEAST_SCALE = 1e-3;

/** What an update learns from. */
export interface UpdateBatch {
  readonly observation: readonly number[];
  /** One an episode, with its reward. */
  readonly actions: readonly Action[];
  readonly rewards: readonly number[];
  /** Weight of the entropy bonus. */
  readonly entropy: number;
  /** Updates by Adam so far. */
  readonly steps: number;
}

/** Says everything that the graph of {@link updateDefinition} depends on. */
export function updateKey({ heads, shape }: PolicyNetwork, episodes: number): string {
  const choices = heads.choices.map(({ offset, options }) => [offset, options]);
  const numbers = heads.numbers.map(({ offset }) => offset);
  return JSON.stringify(['ppo', shape.sizes, choices, numbers, episodes]);
}

/**
 * All epochs of one update from a batch of `episodes` as one step: parameters and Adam's moments in one state [3·size], inputs as
 * {@link updateInputs} makes them → the next `state`. Likelihoods to compare with and advantages are those of the network as it
 * comes in.
 */
export function updateDefinition(network: PolicyNetwork, episodes: number): StepDefinition {
  const { heads, shape, mlpSize, size } = network;
  const slots = networkSlots(network);
  return {
    inputs: [[3 * size], [1, shape.sizes[0]], [episodes, rowWidth(heads)], [1, 2 + 2 * PPO.epochs]],
    step(state, observation, rows, coefficients) {
      const batch = readBatch(heads, observation as tf.Tensor2D, rows as tf.Tensor2D);
      const coefficient = (i: number) => tf.reshape(tf.slice(coefficients, [0, i], [1, 1]), []);
      const part = (i: number) => tf.slice(state as tf.Tensor1D, [i * size], [size]);
      const rates = ratesOf(network);
      let current = { parameters: part(0), m: part(1), v: part(2) };
      const first = judgeBatch(network, unflatten(current.parameters, slots), batch);
      const { advantageLimit, epsilon, valueWeight } = PPO;
      const surplus = tf.mul(tf.sub(batch.rewards, first.value), coefficient(0));
      const advantages = tf.clipByValue(surplus, -advantageLimit, advantageLimit) as tf.Tensor2D;
      const before = { choices: first.choices, numbers: first.numbers, advantages };
      const objective = { epsilon, entropy: coefficient(1), value: valueWeight };
      for (let epoch = 0; epoch < PPO.epochs; epoch++) {
        const weights = unflatten(current.parameters, slots);
        const loss = () => ppoLoss(judgeBatch(network, weights, batch), before, batch.rewards, objective);
        const { grads } = tf.engine().gradients(loss, [...weights.variables]);
        const next = flatAdamUpdate(current, flatten(grads, slots), {
          ...ADAM,
          stepSize: tf.mul(rates, coefficient(2 + 2 * epoch)),
          epsilonHat: coefficient(3 + 2 * epoch),
        });
        current = { ...next, parameters: withinSpreads(next.parameters, mlpSize, size) };
      }
      return { state: tf.concat1d([current.parameters, current.m, current.v]) };
    },
  };
}

/** The inputs of {@link updateDefinition}. */
export function updateInputs(network: PolicyNetwork, state: Float32Array, batch: UpdateBatch): Float32Array[] {
  const { heads } = network;
  const { observation, actions, rewards, entropy, steps } = batch;
  const width = rowWidth(heads);
  const most = mostOptions(heads);
  const [choices, numbers] = [heads.choices.length, heads.numbers.length];
  const rows = new Float32Array(actions.length * width);
  actions.forEach((action, i) => {
    const row = rows.subarray(i * width, (i + 1) * width);
    action.options.forEach((option, choice) => {
      if (option >= 0) row[choice * most + option] = 1;
    });
    action.logits.forEach((logit, number) => {
      if (Number.isNaN(logit)) return;
      row[choices * most + number] = logit;
      row[choices * most + numbers + number] = 1;
    });
    row[width - 1] = rewards[i];
  });
  const coefficients = [1 / Math.max(standardDeviation(rewards), LEAST_SCALE), entropy];
  for (let epoch = 1; epoch <= PPO.epochs; epoch++) {
    const { stepSize, epsilonHat } = adamCoefficients(steps + epoch, { ...ADAM, learningRate: 1 });
    coefficients.push(stepSize, epsilonHat);
  }
  return [state, Float32Array.from(observation), rows, Float32Array.from(coefficients)];
}

/** Numbers of an episode's row: options, logits, which of them are active, and the reward. */
function rowWidth(heads: Heads): number {
  return heads.choices.length * mostOptions(heads) + 2 * heads.numbers.length + 1;
}

function readBatch(heads: Heads, observation: tf.Tensor2D, rows: tf.Tensor2D): PpoBatch {
  const numbers = heads.numbers.length;
  let begin = 0;
  const columns = (count: number): tf.Tensor2D => {
    const cut = tf.slice(rows, [0, begin], [rows.shape[0], count]);
    begin += count;
    return cut;
  };
  return {
    observation,
    options: columns(heads.choices.length * mostOptions(heads)),
    logits: columns(numbers),
    active: columns(numbers),
    rewards: columns(1),
  };
}

/** The rate of each parameter: high for the heads' biases and spreads, low for the trunk. */
function ratesOf({ shape, size }: PolicyNetwork): tf.Tensor1D {
  const rates = new Float32Array(size).fill(PPO.trunkRate);
  rates.fill(PPO.biasRate, outputBiasOffset(shape));
  return tf.tensor1d(rates);
}

/** Parameters whose log standard deviations are within their limits. */
function withinSpreads(parameters: tf.Tensor1D, mlpSize: number, size: number): tf.Tensor1D {
  if (mlpSize === size) return parameters;
  const { least, most } = PPO.spread;
  const spreads = tf.slice(parameters, [mlpSize], [size - mlpSize]);
  return tf.concat1d([tf.slice(parameters, [0], [mlpSize]), tf.clipByValue(spreads, Math.log(least), Math.log(most))]);
}
