import { meanSoftplus, sumSquares } from '@qloom/tfjs/kernels/reductions.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { LossKind } from './settings.ts';

/** λ of the penalty of wgan-gp (Gulrajani et al., 2017). */
const PENALTY_WEIGHT = 10;

const mean = (x: tf.Tensor): tf.Scalar => tf.mean(x) as tf.Scalar;

/** The generator's loss, from the logits of synthetic points: −log D for ns, −logit for the others. */
export function generatorLoss(kind: LossKind, fake: tf.Tensor1D): tf.Scalar {
  return kind === 'ns+R1' ? meanSoftplus(fake, -1) : (tf.neg(mean(fake)) as tf.Scalar);
}

/**
 * The critic's loss without penalties:
 * - ns+R1: E softplus(−D_r) + E softplus(D_f);
 * - hinge+SN: E relu(1 − D_r) + E relu(1 + D_f);
 * - wgan-gp: E D_f − E D_r.
 */
export function criticLoss(kind: LossKind, real: tf.Tensor1D, fake: tf.Tensor1D): tf.Scalar {
  switch (kind) {
    case 'ns+R1':
      return tf.add(meanSoftplus(real, -1), meanSoftplus(fake, 1));
    case 'hinge+SN':
      return tf.add(mean(tf.relu(tf.sub(1, real))), mean(tf.relu(tf.add(fake, 1))));
    case 'wgan-gp':
      return tf.sub(mean(fake), mean(real));
  }
}

/** (γ/2) E‖∇D‖² of gradients at real points, [batch, features] (Mescheder et al., 2018). */
export function r1Penalty(gradient: tf.Tensor2D, gamma: number | tf.Scalar): tf.Scalar {
  const count = 2 * gradient.shape[0];
  return tf.mul(sumSquares(gradient), typeof gamma === 'number' ? gamma / count : tf.div(gamma, count)) as tf.Scalar;
}

/** 10 E(‖∇D‖ − 1)² of gradients at points between real and synthetic ones, [batch, features]. */
export function wassersteinPenalty(gradient: tf.Tensor2D): tf.Scalar {
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(gradient), 1), 1e-12));
  return tf.mul(mean(tf.square(tf.sub(norm, 1))), PENALTY_WEIGHT) as tf.Scalar;
}

/**
 * ‖E f_r − E f_f‖²/n of the last hidden layer of two batches, [batch, n] each (Salimans et al., 2016). Divided by n,
 * because its gradient would otherwise grow with the width of the layer: at 16 filters and 4 features it was 90 times
 * the adversarial one, and a fit's Fréchet distance 0.35 instead of 0.17.
 */
export function featureMatching(real: tf.Tensor2D, fake: tf.Tensor2D): tf.Scalar {
  return tf.mul(sumSquares(tf.sub(tf.mean(real, 0), tf.mean(fake, 0))), 1 / real.shape[1]) as tf.Scalar;
}
