/** Unit roundoff u of IEEE 754 binary32 and binary64: the largest relative error of one rounding to nearest. */
export const UNIT_ROUNDOFF = { float32: 2 ** -24, float64: 2 ** -53 } as const;

/** A format that numbers are rounded to. */
export type RoundedFormat = keyof typeof UNIT_ROUNDOFF;

/** Standard deviations λ that rounding errors may lie from 0: each result lies outside with a probability of 2·exp(−λ²/2) = 3·10⁻¹⁴. */
const DEVIATIONS = 8;

/**
 * How far rounding may take a result from its exact value: min(n, λ√n)·u·`magnitude`, for n = `operations` roundings in a row of
 * terms whose absolute values add up to `magnitude`. Where terms cancel, `magnitude` is that of the terms, not of the result; where
 * the result is a function of what was rounded, multiply by the function's derivative. Tests compare two such results within twice
 * this where both are rounded.
 *
 * n·u is the worst case, to first order (Higham, "Accuracy and stability of numerical algorithms", 2002, section 3.1); λ√n·u holds
 * with the probability above for roundings that are independent of each other (Higham and Mary, "A new approach to probabilistic
 * rounding error analysis", 2019, theorem 2.4).
 */
export function rounding(operations: number, magnitude: number, format: RoundedFormat): number {
  return Math.min(operations, DEVIATIONS * Math.sqrt(operations)) * UNIT_ROUNDOFF[format] * magnitude;
}
