import { BETA_1, BETA_2, EPSILON } from './adam.ts';

/** What one step of Adam had: the gradient, and the state after the step as `createAdamState` lays it out. */
export interface AdamStep {
  /** Shape [size]. */
  readonly gradient: Float64Array;
  readonly state: Float64Array;
}

/** Derivatives of a number in the values and in the two moments of Adam, shape [size] each. */
export interface AdamCotangents {
  readonly values: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/**
 * The vector-Jacobian product of one step of `createAdam`: turns derivatives in what the step left behind (values and moments)
 * into derivatives in what it was given, in place, and returns the derivative in the gradient. The derivative in the values
 * lacks the part through the gradient, which is the caller's.
 *
 * With r = √v and w ← w − ρ·m/(r + f), ρ and f the rate and the floor of the step:
 * m̄ += −ρ·w̄/(r + f), v̄ += ρ·m·w̄/((r + f)²·2r), ḡ = (1 − β₁)·m̄ + 2(1 − β₂)·g·v̄, m̄ ← β₁·m̄, v̄ ← β₂·v̄.
 */
export function pullBackAdam({ gradient, state }: AdamStep, cotangents: AdamCotangents, learningRate: number) {
  const { values, first, second } = cotangents;
  const size = gradient.length;
  const correction = Math.sqrt(1 - state[2 * size + 1]);
  const rate = (learningRate * correction) / (1 - state[2 * size]);
  const floor = EPSILON * correction;
  const out = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const root = Math.sqrt(state[size + i]);
    const below = root + floor;
    first[i] -= (rate * values[i]) / below;
    // At v = 0 every gradient so far was 0, and v stays 0 to first order.
    if (root > 0) second[i] += (rate * state[i] * values[i]) / (2 * below * below * root);
    out[i] = (1 - BETA_1) * first[i] + 2 * (1 - BETA_2) * gradient[i] * second[i];
    first[i] *= BETA_1;
    second[i] *= BETA_2;
  }
  return out;
}
