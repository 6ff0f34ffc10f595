import type { Matrix } from '../matrix.ts';
import { solvePositive } from '../solve-positive.ts';

/** Newton steps at most; about six are taken with a ridge of order 1. */
const STEPS = 25;

/** 1/(1 + e^{−t}) without overflow. */
export function sigmoid(t: number): number {
  return t >= 0 ? 1 / (1 + Math.exp(-t)) : Math.exp(t) / (1 + Math.exp(t));
}

/** Weights of a fitted logistic regression: shape [features + 1], the intercept last. */
export type LogisticWeights = Float64Array;

/**
 * Minimizes Σ_i ln(1 + e^{−s_i·t_i}) + ½·ridge·‖w‖², s = ±1, t = w·x + b, the intercept b not penalized, by Newton's
 * method with step halving. `labels` are 0 or 1, shape [count]. `ridge` > 0.
 */
export function fitLogistic(x: Matrix, labels: ArrayLike<number>, ridge: number): LogisticWeights {
  const { count, features } = x;
  const size = features + 1;
  let weights: LogisticWeights = new Float64Array(size);
  let loss = lossOf(x, labels, ridge, weights);
  const row = new Float64Array(size);
  for (let step = 0; step < STEPS; step++) {
    const hessian = new Float64Array(size * size);
    const gradient = new Float64Array(size);
    row[features] = 1;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < features; j++) row[j] = x.values[i * features + j];
      const p = sigmoid(logitOf(weights, row));
      const residual = p - labels[i];
      const curvature = Math.max(p * (1 - p), 1e-9);
      for (let j = 0; j < size; j++) {
        const a = row[j];
        if (a === 0) continue;
        gradient[j] += residual * a;
        const scaled = curvature * a;
        const at = j * size;
        for (let k = 0; k <= j; k++) hessian[at + k] += scaled * row[k];
      }
    }
    for (let j = 0; j < features; j++) {
      gradient[j] += ridge * weights[j];
      hessian[j * size + j] += ridge;
    }
    if (!solvePositive(hessian, gradient, size)) return weights;
    let scale = 1;
    let next = moved(weights, gradient, scale);
    let nextLoss = lossOf(x, labels, ridge, next);
    while (nextLoss > loss && scale > 1e-4) {
      scale /= 2;
      next = moved(weights, gradient, scale);
      nextLoss = lossOf(x, labels, ridge, next);
    }
    const gain = loss - nextLoss;
    if (!(gain > 0)) return weights;
    weights = next;
    loss = nextLoss;
    if (gain < 1e-7 * (1 + loss)) return weights;
  }
  return weights;
}

/** w·x + b of one row, shape [features]. */
export function logitOf(weights: LogisticWeights, row: ArrayLike<number>): number {
  let sum = weights[weights.length - 1];
  for (let j = 0; j < weights.length - 1; j++) sum += weights[j] * row[j];
  return sum;
}

function moved(weights: LogisticWeights, direction: Float64Array, scale: number): LogisticWeights {
  return weights.map((weight, j) => weight - scale * direction[j]);
}

function lossOf(x: Matrix, labels: ArrayLike<number>, ridge: number, weights: LogisticWeights): number {
  let loss = 0;
  for (let i = 0; i < x.count; i++) {
    const t = logitOf(weights, x.values.subarray(i * x.features, (i + 1) * x.features));
    const margin = labels[i] === 1 ? t : -t;
    loss += margin > 0 ? Math.log1p(Math.exp(-margin)) : -margin + Math.log1p(Math.exp(margin));
  }
  for (let j = 0; j < x.features; j++) loss += 0.5 * ridge * weights[j] ** 2;
  return loss;
}
