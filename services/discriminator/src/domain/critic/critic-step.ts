import { spectralNormalize } from '@qloom/tfjs/layers/spectral-norm.ts';
import type { Weights } from '@qloom/tfjs/steps/flat-state.ts';
import * as tf from '@tensorflow/tfjs-core';
import { criticLoss, featureMatching, generatorLoss, r1Penalty, wassersteinPenalty } from './losses.ts';
import { judge, normalizedWeights, prepare, type WeightOf } from './network.ts';
import type { CriticSettings } from './settings.ts';

// The critic's steps as functions of tensors alone, so that they run eagerly on variables and compiled on a flat state.

/** Batches of the same classes in the same order: [batch, features] twice and [batch, 1 + classes]. */
export interface Inputs {
  readonly real: tf.Tensor2D;
  readonly fake: tf.Tensor2D;
  readonly membership: tf.Tensor2D;
}

/** A critic's tensors: parameters, and for spectral normalization a left singular vector [1, outputs] of each normalized weight. */
export interface Network {
  readonly settings: CriticSettings;
  readonly parameters: Weights;
  readonly singular: Weights;
}

/** A number of the host, or a scalar that a compiled step takes as its input. */
export type Coefficient = number | tf.Scalar;

/** Weights as the loss wants them, each normalized once a step however often it is used, and where the singular vectors move on to. */
function weightsOf({ settings, parameters, singular }: Network): { weight: WeightOf; moved: tf.Tensor2D[] } {
  if (settings.loss !== 'hinge+SN') return { weight: (name) => parameters.get(name), moved: [] };
  const moved: tf.Tensor2D[] = [];
  const normalized = new Map(
    normalizedWeights(settings).map((name) => {
      // out.w has its outputs first; the singular values of a matrix and of its transpose are the same.
      const { normalized: weight, next } = spectralNormalize(parameters.get(name), singular.get(name) as tf.Tensor2D);
      moved.push(next);
      return [name, weight];
    }),
  );
  return { weight: (name) => normalized.get(name) ?? parameters.get(name), moved };
}

/** A batch's logits, and their gradient with respect to its points where it can be differentiated once more. */
function withSlopes(
  score: (x: tf.Tensor2D) => tf.Tensor1D,
  x: tf.Tensor2D,
): { logits: tf.Tensor1D; slopes: tf.Tensor2D } {
  const { value, grads } = tf.engine().gradients(() => score(x), [x], tf.ones([x.shape[0]]));
  return { logits: value as tf.Tensor1D, slopes: grads[0] as tf.Tensor2D };
}

/** What a judgement is made of; see {@link judgeBatch}. */
export type JudgedBatch = {
  readonly logits: tf.Tensor1D;
  readonly adversarial: tf.Scalar;
  readonly matching: tf.Scalar;
  readonly gradient?: tf.Tensor2D;
};

/**
 * The logits of `fake`, both objectives, and, where wanted, the gradient of their sum, weighted by `weights`, with respect to
 * `fake`. A weight that is the number 0 leaves its objective out of the gradient's computation.
 */
export function judgeBatch(
  network: Network,
  { real, fake, membership }: Inputs,
  weights: { readonly adversarial: Coefficient; readonly 'feature-matching': Coefficient },
  wantGradient: boolean,
): JudgedBatch {
  const { settings, parameters } = network;
  const prepared = prepare(settings, parameters, weightsOf(network).weight, membership);
  const realFeatures = judge(prepared, real).features;
  const seen: { logits?: tf.Tensor1D; adversarial?: tf.Scalar; matching?: tf.Scalar } = {};
  const objective = (): tf.Scalar => {
    const { logits, features } = judge(prepared, fake);
    seen.logits = tf.keep(logits);
    seen.adversarial = tf.keep(generatorLoss(settings.loss, logits));
    seen.matching = tf.keep(featureMatching(realFeatures, features));
    const adversarial = tf.mul(seen.adversarial, weights.adversarial) as tf.Scalar;
    if (weights['feature-matching'] === 0) return adversarial;
    return tf.add(adversarial, tf.mul(seen.matching, weights['feature-matching']));
  };
  const gradient = wantGradient ? (tf.engine().gradients(objective, [fake]).grads[0] as tf.Tensor2D) : undefined;
  if (!wantGradient) objective();
  return { ...(seen as Required<typeof seen>), gradient };
}

/** What an update descends, and what it reports; see {@link criticGradients}. */
export interface CriticGradients {
  readonly loss: tf.Scalar;
  readonly penalty: tf.Scalar;
  readonly real: tf.Tensor1D;
  readonly fake: tf.Tensor1D;
  /** One a parameter, in order; null where the loss does not depend on it. */
  readonly gradients: readonly (tf.Tensor | null)[];
  /** The singular vectors after one more power iteration, in order. */
  readonly moved: readonly tf.Tensor2D[];
}

/**
 * The critic's loss with its penalty, and its gradient. `mix` [batch] is where between real and synthetic each point of wgan-gp's
 * penalty lies.
 */
export function criticGradients(
  network: Network,
  { real, fake, membership }: Inputs,
  mix: tf.Tensor1D,
  r1Gamma: Coefficient,
): CriticGradients {
  const { settings, parameters } = network;
  const seen: { penalty?: tf.Scalar; real?: tf.Tensor1D; fake?: tf.Tensor1D; moved?: tf.Tensor2D[] } = {};
  const loss = (): tf.Scalar => {
    const { weight, moved } = weightsOf(network);
    seen.moved = moved.map((vector) => tf.keep(vector));
    const prepared = prepare(settings, parameters, weight, membership);
    const score = (x: tf.Tensor2D) => judge(prepared, x).logits;
    const fakeLogits = score(fake);
    let realLogits: tf.Tensor1D;
    let penalty = tf.scalar(0);
    if (settings.loss === 'ns+R1') {
      const { logits, slopes } = withSlopes(score, real);
      realLogits = logits;
      penalty = r1Penalty(slopes, r1Gamma);
    } else {
      realLogits = score(real);
      if (settings.loss === 'wgan-gp') {
        const share = tf.reshape(mix, [mix.size, 1]);
        const between = tf.add(fake, tf.mul(tf.sub(real, fake), share)) as tf.Tensor2D;
        penalty = wassersteinPenalty(withSlopes(score, between).slopes);
      }
    }
    seen.real = tf.keep(realLogits);
    seen.fake = tf.keep(fakeLogits);
    seen.penalty = tf.keep(penalty);
    return tf.add(criticLoss(settings.loss, realLogits, fakeLogits), penalty) as tf.Scalar;
  };
  const { value, grads } = tf.engine().gradients(loss, [...parameters.variables], undefined, true);
  return { loss: value as tf.Scalar, gradients: grads, ...(seen as Required<typeof seen>) };
}
