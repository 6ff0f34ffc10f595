import { AcquisitionError } from '../acquisition-error.ts';

/** What a number of shots say about a quantity of which each shot gives a value, such as ±1 for ⟨Z⟩. */
export interface ShotMoments {
  /** Number of shots, at least 1. */
  readonly shots: number;
  /** Mean of the values. */
  readonly mean: number;
  /** Mean of their squares; 1 for values of ±1. */
  readonly meanSquare: number;
  /** The largest absolute value that a shot can have, above 0. */
  readonly largest: number;
}

/**
 * Variance of the mean, with one shot more than there were, half of it at +largest and half at −largest: the mean of squares is then
 * s = (n·meanSquare + largest²)/(n + 1), the mean m = n·mean/(n + 1), and the variance (s − m²)/(n + 2). For values of ±1 it is the
 * variance of 2p − 1 under Jeffreys' posterior Beta(plus + ½, minus + ½) of p. Unlike (meanSquare − mean²)/n it is not 0 where all values
 * are equal. Throws AcquisitionError for moments that no shots have.
 */
export function varianceOfMean(moments: ShotMoments): number {
  const { shots, mean } = moments;
  return (smoothedSquare(moments) - ((shots * mean) / (shots + 1)) ** 2) / (shots + 2);
}

/** (n·meanSquare + largest²)/(n + 1). Throws AcquisitionError for moments that no shots have. */
export function smoothedSquare({ shots, mean, meanSquare, largest }: ShotMoments): number {
  const isPossible =
    Math.abs(mean) <= largest && mean ** 2 <= meanSquare * (1 + 1e-9) && meanSquare <= largest ** 2 * (1 + 1e-9);
  if (!(Number.isInteger(shots) && shots >= 1 && largest > 0 && isPossible)) {
    throw new AcquisitionError(
      'moments',
      `moments: ${shots} shots of mean ${mean} and mean square ${meanSquare}; at least one shot of values from −${largest} to ${largest} is right`,
    );
  }
  return (shots * meanSquare + largest ** 2) / (shots + 1);
}
