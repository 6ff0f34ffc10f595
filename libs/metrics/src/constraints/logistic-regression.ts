import type { Steps } from '@qloom/datasets/split/turns.ts';
import { minimizeNetworkLoss } from '../classifiers/fit-softmax-network.ts';
import type { Matrix } from '../matrix.ts';

/** 1/(1 + e^{−t}) without overflow. */
export function sigmoid(t: number): number {
  return t >= 0 ? 1 / (1 + Math.exp(-t)) : Math.exp(t) / (1 + Math.exp(t));
}

/** Weights of a fitted logistic regression: shape [features + 1], the intercept last. */
export type LogisticWeights = Float64Array;

/**
 * Minimizes Σ_i ln(1 + e^{−s_i·t_i}) + ½·ridge·‖w‖², s = ±1, t = w·x + b, the intercept b not penalized: the classifier
 * `logistic` on features as they are. `labels` are 0 or 1, shape [count]. `ridge` > 0.
 */
export function fitLogit(x: Matrix, labels: ArrayLike<number>, ridge: number): Steps<LogisticWeights> {
  const start = new Float64Array(x.features + 1);
  return minimizeNetworkLoss(x, labels, [x.features, 1], { alpha: ridge, steps: 200, gradientTolerance: 1e-6, start });
}

/** w·x + b of one row, shape [features]. */
export function logitOf(weights: LogisticWeights, row: ArrayLike<number>): number {
  let sum = weights[weights.length - 1];
  for (let j = 0; j < weights.length - 1; j++) sum += weights[j] * row[j];
  return sum;
}
