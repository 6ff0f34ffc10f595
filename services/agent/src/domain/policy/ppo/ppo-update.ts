import { adamCoefficients, flatAdamUpdate } from '@qloom/tfjs/steps/flat-adam.ts';
import { flatten, unflatten } from '@qloom/tfjs/steps/flat-state.ts';
import type { RunStep } from '@qloom/tfjs/steps/run-step.ts';
import type { StepDefinition } from '@qloom/tfjs/steps/step-cache.ts';
import * as tf from '@tensorflow/tfjs-core';
import { outputBiasOffset } from '../../maths/mlp.ts';
import { standardDeviation } from '../../maths/statistics.ts';
import type { Action, Heads } from './heads.ts';
import type { PolicyNetwork } from './ppo-network.ts';
import { judgeBatch, mostOptions, networkSlots, type PpoBatch, ppoLoss } from './ppo-objective.ts';

/**
 * Settings of the algorithm. The high rate of the biases is intended: at 1e-3 PPO is worse than random search within 50
 * episodes.
 */
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
  /** Standard deviation of the Gaussian heads in logit space: initial, minimum and maximum. */
  spread: { initial: 1.2, least: 0.15, most: 1.5 },
} as const;

/** Adam's decays and ε (Kingma and Ba, 2015). Its rate differs by parameter. */
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
/** Minimum of the standard deviation of rewards by which advantages are divided. */
const LEAST_SCALE = 1e-3;

/** Inputs of an update. */
export interface UpdateBatch {
  readonly observation: readonly number[];
  /** One per episode, with its reward. */
  readonly actions: readonly Action[];
  readonly rewards: readonly number[];
  /** Weight of the entropy bonus. */
  readonly entropy: number;
  /** Number of Adam's updates so far. */
  readonly steps: number;
}

/**
 * All epochs of one update: parameters and Adam's moments, shape [3·size] → the next. Reference likelihoods and
 * advantages are those of the network before the update. Rejects like `runStep`.
 */
export async function updateNetwork(
  runStep: RunStep,
  network: PolicyNetwork,
  state: Float32Array,
  batch: UpdateBatch,
): Promise<Float32Array> {
  const { observation, actions, rewards, entropy, steps } = batch;
  const before = state.slice(0, network.size);
  const rows = rowsOf(network.heads, actions, rewards);
  const scale = 1 / Math.max(standardDeviation(rewards), LEAST_SCALE);
  const key = epochKey(network, actions.length);
  let after = state;
  for (let epoch = 1; epoch <= PPO.epochs; epoch++) {
    const { stepSize, epsilonHat } = adamCoefficients(steps + epoch, { ...ADAM, learningRate: 1 });
    const coefficients = Float32Array.of(scale, entropy, stepSize, epsilonHat);
    const inputs = [after, before, Float32Array.from(observation), rows, coefficients];
    after = (await runStep(key, () => epochDefinition(network, actions.length), inputs)).state;
  }
  return after;
}

/** Key of everything that the graph of {@link epochDefinition} depends on. */
export function epochKey({ heads, shape }: PolicyNetwork, episodes: number): string {
  const choices = heads.choices.map(({ offset, options }) => [offset, options]);
  const numbers = heads.numbers.map(({ offset }) => offset);
  return JSON.stringify(['ppo', shape.sizes, choices, numbers, episodes]);
}

/**
 * One epoch on a batch of `episodes`: parameters and moments, the parameters before the update, the observation, one
 * row per episode, and coefficients → the next `state`.
 */
function epochDefinition(network: PolicyNetwork, episodes: number): StepDefinition {
  const { heads, shape, mlpSize, size } = network;
  const slots = networkSlots(network);
  return {
    inputs: [[3 * size], [size], [1, shape.sizes[0]], [episodes, rowWidth(heads)], [1, 4]],
    step(state, old, observation, rows, coefficients) {
      const batch = readBatch(heads, observation as tf.Tensor2D, rows as tf.Tensor2D);
      const [scale, entropy, stepSize, epsilonHat] = tf.split(tf.reshape(coefficients, [4]), 4);
      const [parameters, m, v] = tf.split<tf.Tensor1D>(state as tf.Tensor1D, 3);
      const first = judgeBatch(network, unflatten(old as tf.Tensor1D, slots), batch);
      const { advantageLimit, epsilon, valueWeight } = PPO;
      const surplus = tf.mul(tf.sub(batch.rewards, first.value), scale);
      const advantages = tf.clipByValue(surplus, -advantageLimit, advantageLimit) as tf.Tensor2D;
      const before = { choices: first.choices, numbers: first.numbers, advantages };
      const objective = { epsilon, entropy: tf.reshape(entropy, []), value: valueWeight };
      const weights = unflatten(parameters, slots);
      const loss = () => ppoLoss(judgeBatch(network, weights, batch), before, batch.rewards, objective);
      const { grads } = tf.engine().gradients(loss, [...weights.variables]);
      const next = flatAdamUpdate({ parameters, m, v }, flatten(grads, slots), {
        ...ADAM,
        stepSize: tf.mul(ratesOf(network), stepSize),
        epsilonHat,
      });
      return { state: tf.concat1d([withinSpreads(next.parameters, mlpSize, size), next.m, next.v]) };
    },
  };
}

/** One row per episode, as {@link readBatch} reads them. */
function rowsOf(heads: Heads, actions: readonly Action[], rewards: readonly number[]): Float32Array {
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
  return rows;
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
