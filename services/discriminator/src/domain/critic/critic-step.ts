import { spectralNormalize } from '@qloom/tfjs/layers/spectral-norm.ts';
import type { Weights } from '@qloom/tfjs/steps/flat-state.ts';
import { gradientsWithAuxiliary } from '@qloom/tfjs/steps/gradients-with-auxiliary.ts';
import * as tf from '@tensorflow/tfjs-core';
import { criticLoss, featureMatching, generatorLoss, r1Penalty, wassersteinPenalty } from './losses.ts';
import { judge, normalizedWeights, prepare, type WeightOf } from './network.ts';
import type { CriticSettings } from './settings.ts';

// The critic's steps as pure functions of tensors; step-definitions.ts builds steps on a flat state from them.

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

/** A JavaScript number, or a scalar tensor that is an input of a compiled step. */
export type Coefficient = number | tf.Scalar;

/** Weights as the loss requires them, each normalized once per step, and the singular vectors after the step. */
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

/** A batch's logits, and their gradient with respect to its points in a form that can be differentiated again. */
function withSlopes(
  score: (x: tf.Tensor2D) => tf.Tensor1D,
  x: tf.Tensor2D,
): { logits: tf.Tensor1D; slopes: tf.Tensor2D } {
  const { value, grads } = tf.engine().gradients(() => score(x), [x], tf.ones([x.shape[0]]));
  return { logits: value as tf.Tensor1D, slopes: grads[0] as tf.Tensor2D };
}

/** Inputs of a judgement; see {@link judgeBatch}. */
export interface JudgedBatch {
  readonly logits: tf.Tensor1D;
  readonly adversarial: tf.Scalar;
  readonly matching: tf.Scalar;
  readonly gradient?: tf.Tensor2D;
}

/**
 * The logits of `fake`, both objectives, and optionally the gradient of their sum, weighted by `weights`, with respect
 * to `fake`. A weight that is the number 0 leaves its objective out of the gradient's computation.
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
  const objective = () => {
    const { logits, features } = judge(prepared, fake);
    const adversarial = generatorLoss(settings.loss, logits);
    const matching = featureMatching(realFeatures, features);
    const weighted = tf.mul(adversarial, weights.adversarial) as tf.Scalar;
    const loss =
      weights['feature-matching'] === 0
        ? weighted
        : (tf.add(weighted, tf.mul(matching, weights['feature-matching'])) as tf.Scalar);
    return { loss, auxiliary: { logits, adversarial, matching } };
  };
  if (!wantGradient) return objective().auxiliary;
  const { auxiliary, gradients } = gradientsWithAuxiliary(objective, [fake]);
  return { ...auxiliary, gradient: gradients[0] as tf.Tensor2D };
}

/** The gradients and the report of an update; see {@link criticGradients}. */
export interface CriticGradients {
  readonly loss: tf.Scalar;
  readonly penalty: tf.Scalar;
  readonly real: tf.Tensor1D;
  readonly fake: tf.Tensor1D;
  /** One per parameter, in order; null if the loss does not depend on it. */
  readonly gradients: readonly (tf.Tensor | null)[];
  /** The singular vectors after one more power iteration, in order. */
  readonly moved: readonly tf.Tensor2D[];
}

/**
 * The critic's loss with its penalty, and its gradient. `mix` [batch] is the interpolation weight of each point of
 * wgan-gp's penalty between real and synthetic.
 */
export function criticGradients(
  network: Network,
  { real, fake, membership }: Inputs,
  mix: tf.Tensor1D,
  r1Gamma: Coefficient,
): CriticGradients {
  const { settings, parameters } = network;
  const { loss, auxiliary, gradients } = gradientsWithAuxiliary(() => {
    const { weight, moved } = weightsOf(network);
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
    const whole = tf.add(criticLoss(settings.loss, realLogits, fakeLogits), penalty) as tf.Scalar;
    return { loss: whole, auxiliary: { penalty, real: realLogits, fake: fakeLogits, moved } };
  }, parameters.variables);
  return { loss, gradients, ...auxiliary };
}
