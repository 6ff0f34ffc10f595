import { dense } from '@qloom/tfjs/layers/dense.ts';
import { logSoftmax } from '@qloom/tfjs/layers/log-softmax.ts';
import type { Slot, Weights } from '@qloom/tfjs/steps/flat-state.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Heads } from './heads.ts';
import type { PolicyNetwork } from './ppo-network.ts';

/** A batch of episodes for a network of C choices of at most M options and N numbers. */
export interface PpoBatch {
  /** Input of the trunk, shape [1, observation]: the same for all episodes of a batch. */
  readonly observation: tf.Tensor2D;
  /** Concatenated one-hot options, zeros if a choice is inactive; shape [episodes, C·M]. */
  readonly options: tf.Tensor2D;
  /** Positions in logit space, 0 where a number is inactive, and 1 where it is not; shapes [episodes, N]. */
  readonly logits: tf.Tensor2D;
  readonly active: tf.Tensor2D;
  /** Shape [episodes, 1]. */
  readonly rewards: tf.Tensor2D;
}

/** A network's outputs for a batch. */
export interface Judgement {
  /** log π of each episode's choices and numbers, shapes [episodes, 1]. */
  readonly choices: tf.Tensor2D;
  readonly numbers: tf.Tensor2D;
  /** Total entropy of all heads, a scalar. */
  readonly entropy: tf.Tensor;
  /** The value of the observation, shape [1, 1]. */
  readonly value: tf.Tensor2D;
}

/**
 * Inputs of the objective: likelihoods before the update, and advantages (R − V)/std, clipped; shapes [episodes, 1].
 */
export interface PpoReference {
  readonly choices: tf.Tensor2D;
  readonly numbers: tf.Tensor2D;
  readonly advantages: tf.Tensor2D;
}

/** Width ε of the clipped ratios, and the weights of the entropy bonus (a scalar) and of the value loss. */
export interface ObjectiveWeights {
  readonly epsilon: number;
  readonly entropy: tf.Tensor;
  readonly value: number;
}

/** Logit of options that a choice does not have: their probability is 0. */
const NO_OPTION = -1e4;
/** Bound of log ratios: e²⁰ squared is still a float32, which Adam's second moment must be. */
const RATIO_LIMIT = 20;
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Names and shapes of a network's parameters in their order in the vector. */
export function networkSlots({ shape: { sizes }, heads }: PolicyNetwork): Slot[] {
  const layers = sizes.slice(1).flatMap((outputs, layer) => [
    { name: `${layer}.w`, shape: [sizes[layer], outputs] },
    { name: `${layer}.b`, shape: [outputs] },
  ]);
  return heads.numbers.length === 0 ? layers : [...layers, { name: 'spreads', shape: [1, heads.numbers.length] }];
}

/** Maximum number of options of a choice; 0 if there is no choice. */
export const mostOptions = ({ choices }: Heads): number => Math.max(0, ...choices.map(({ options }) => options));

/** The outputs of a network with `weights` (see {@link networkSlots}) for a batch. */
export function judgeBatch(network: PolicyNetwork, weights: Weights, batch: PpoBatch): Judgement {
  const { heads, shape } = network;
  const last = shape.sizes.length - 2;
  let outputs = batch.observation;
  for (let layer = 0; layer <= last; layer++) {
    const linear = dense(weights, `${layer}`, outputs);
    outputs = layer < last ? tf.tanh(linear) : linear;
  }
  const choices = judgeChoices(heads, outputs, batch);
  const numbers = judgeNumbers(heads, outputs, weights, batch);
  return {
    choices: choices.likelihoods,
    numbers: numbers.likelihoods,
    entropy: tf.add(choices.entropy, numbers.entropy),
    value: tf.slice(outputs, [0, heads.outputs - 1], [1, 1]),
  };
}

interface PartJudgement {
  readonly likelihoods: tf.Tensor2D;
  readonly entropy: tf.Tensor;
}

const nothing = ({ rewards }: PpoBatch): PartJudgement => ({
  likelihoods: tf.zerosLike(rewards),
  entropy: tf.scalar(0),
});

function judgeChoices(heads: Heads, outputs: tf.Tensor2D, batch: PpoBatch): PartJudgement {
  const count = heads.choices.length;
  if (count === 0) return nothing(batch);
  const most = mostOptions(heads);
  const width = count * most;
  const offsets: number[] = [];
  const missing = new Float32Array(width).fill(NO_OPTION);
  heads.choices.forEach(({ offset, options }, choice) => {
    for (let option = 0; option < options; option++) {
      offsets[choice * most + option] = offset + option;
      missing[choice * most + option] = 0;
    }
  });
  const logits = tf.add(pick(outputs, width, offsets), tf.tensor2d(missing, [1, width]));
  const logs = logSoftmax(tf.reshape(logits, [count, most]));
  return {
    likelihoods: tf.matMul(batch.options, tf.reshape(logs, [width, 1])),
    entropy: tf.neg(tf.sum(tf.mul(tf.exp(logs), logs))),
  };
}

function judgeNumbers(heads: Heads, outputs: tf.Tensor2D, weights: Weights, batch: PpoBatch): PartJudgement {
  const count = heads.numbers.length;
  if (count === 0) return nothing(batch);
  const offsets = heads.numbers.map(({ offset }) => offset);
  const spreads = weights.get('spreads');
  const z = tf.div(tf.sub(batch.logits, pick(outputs, count, offsets)), tf.exp(spreads));
  const logs = tf.sub(tf.mul(tf.square(z), -0.5), tf.add(spreads, HALF_LOG_TWO_PI));
  return {
    likelihoods: tf.sum(tf.mul(logs, batch.active), 1, true),
    entropy: tf.sum(tf.add(spreads, HALF_LOG_TWO_PI + 0.5)),
  };
}

/** Columns of `x` by their offsets, zeros if there is none; computed as a product, whose gradient every backend has. */
function pick(x: tf.Tensor2D, width: number, offsets: readonly number[]): tf.Tensor2D {
  const selection = new Float32Array(x.shape[1] * width);
  offsets.forEach((offset, column) => {
    selection[offset * width + column] = 1;
  });
  return tf.matMul(x, tf.tensor2d(selection, [x.shape[1], width]));
}

/**
 * The loss of a batch, to be minimized:
 * −mean[min(ρ_d A, clip(ρ_d)A) + min(ρ_c A, clip(ρ_c)A)] − η·H + ν·½·mean (V − R)², with ρ the ratio of likelihoods after and
 * before, of choices (d) and numbers (c) clipped separately to 1 ± ε (Fan et al., "Hybrid actor-critic reinforcement
 * learning in parameterized action space", 2019), and H the entropy of all heads.
 */
export function ppoLoss(
  now: Judgement,
  before: PpoReference,
  rewards: tf.Tensor2D,
  weights: ObjectiveWeights,
): tf.Scalar {
  const { epsilon } = weights;
  const gain = (after: tf.Tensor2D, earlier: tf.Tensor2D): tf.Tensor => {
    const ratio = tf.exp(tf.clipByValue(tf.sub(after, earlier), -RATIO_LIMIT, RATIO_LIMIT));
    const clipped = tf.clipByValue(ratio, 1 - epsilon, 1 + epsilon);
    return tf.mean(tf.minimum(tf.mul(ratio, before.advantages), tf.mul(clipped, before.advantages)));
  };
  const gains = tf.add(gain(now.choices, before.choices), gain(now.numbers, before.numbers));
  const valueLoss = tf.mul(tf.mean(tf.square(tf.sub(now.value, rewards))), 0.5 * weights.value);
  return tf.sub(tf.sub(valueLoss, gains), tf.mul(now.entropy, weights.entropy)) as tf.Scalar;
}
