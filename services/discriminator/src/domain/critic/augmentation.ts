import type { Random } from '@qloom/random/random.ts';

/**
 * Target of the mean sign of the critic's verdict on real points; above it the critic memorizes (Karras et al., 2020,
 * section 3.1: r_t).
 */
const AUGMENTATION_TARGET = 0.6;
/** Change of the strength per update: from 0 to 1 in 200 updates. */
const ADJUSTMENT = 1 / 200;
/** Maximum strength; above it the augmentation leaks into the generated points (section 2.2). */
const STRONGEST = 0.8;
const SIGN_MEMORY = 0.9;
/** Standard deviation of the jitter, in standard deviations of the feature. */
const JITTER = 0.25;
const MASKED_SHARE = 0.25;

/** Strength of the changes to points before the critic sees them, and the statistic that controls it. */
export interface AugmentationState {
  /** Probability that a row is jittered, and that it is masked, in [0, 0.8]. */
  readonly strength: number;
  /** Running mean of the sign of the critic's verdict on real points, in [−1, 1]. */
  readonly realSign: number;
}

/** No augmentation yet. */
export const NO_AUGMENTATION: AugmentationState = { strength: 0, realSign: 0 };

/** Points as the critic sees them, and the derivative of each number with respect to the original. */
export interface AugmentedPoints {
  readonly x: Float32Array;
  readonly slope: Float32Array;
}

/**
 * Jitters some rows and masks some features of some rows (masked: 0, the mean), each row with probability `strength`. `x` is
 * standardized, [count, features], and is not changed. A diagonal affine map, so that gradients pass through `slope`.
 */
export function augment(x: Float32Array, features: number, strength: number, random: Random): AugmentedPoints {
  const seen = x.slice();
  const slope = new Float32Array(x.length).fill(1);
  if (strength === 0) return { x: seen, slope };
  for (let row = 0; row < x.length; row += features) {
    if (random.uniform() < strength) {
      for (let j = 0; j < features; j++) seen[row + j] += JITTER * random.normal();
    }
    if (random.uniform() < strength) {
      for (let j = 0; j < features; j++) {
        if (random.uniform() >= MASKED_SHARE) continue;
        seen[row + j] = 0;
        slope[row + j] = 0;
      }
    }
  }
  return { x: seen, slope };
}

/**
 * Adapts the strength to prevent memorization by the critic: up while the mean sign of its verdict on real points is
 * above {@link AUGMENTATION_TARGET}, down otherwise. `margin` is each real logit less the value that divides real from
 * fake.
 */
export function adjustAugmentation(state: AugmentationState, margin: Iterable<number>): AugmentationState {
  let sum = 0;
  let count = 0;
  for (const value of margin) {
    sum += Math.sign(value);
    count++;
  }
  const realSign = SIGN_MEMORY * state.realSign + ((1 - SIGN_MEMORY) * sum) / Math.max(count, 1);
  const moved = state.strength + (realSign > AUGMENTATION_TARGET ? ADJUSTMENT : -ADJUSTMENT);
  return { realSign, strength: Math.min(STRONGEST, Math.max(0, moved)) };
}
