import { mean, standardDeviation } from '../maths/statistics.ts';

/**
 * 95th percentiles of the χ² distribution with 1, 2, … degrees of freedom
 * (`scipy.stats.chi2.ppf(.95, range(1, 10))`).
 */
const CHI_SQUARE_95 = [3.841459, 5.991465, 7.814728, 9.487729, 11.070498, 12.591587, 14.06714, 15.507313, 16.918978];

/** A measured value with its standard error. */
export interface Measured {
  readonly value: number;
  readonly standardError: number;
}

/**
 * Reliability of measured values: the share of the variance between them that is not error,
 * τ²/(τ² + σ²) with σ² the mean squared standard error and s² = τ² + σ² the variance between the k values. Its estimate
 * 1 − σ²/s² is that of empirical Bayes (Efron and Morris, "Stein's estimation rule and its competitors", JASA 68, 1973); as s²/(τ² + σ²)
 * is χ²/(k − 1) for normal values, its lower 95% bound is
 *
 *     max(0, 1 − (χ²₀.₉₅(k − 1)/(k − 1)) · σ²/s²).
 *
 * The bound is used and not the estimate, because with few values the estimate is above 0 in a third of the cases where
 * the values do not differ at all. Null with fewer than two values.
 */
export function reliabilityOf(measured: readonly Measured[]): number | null {
  if (measured.length < 2) return null;
  const freedom = Math.min(measured.length - 1, CHI_SQUARE_95.length);
  const between = standardDeviation(measured.map(({ value }) => value)) ** 2;
  const error = mean(measured.map(({ standardError }) => standardError ** 2));
  if (!(between > 0)) return 0;
  return Math.max(0, 1 - (CHI_SQUARE_95[freedom - 1] / freedom) * (error / between));
}

/** `value` shrunk towards `anchor`: anchor + reliability·(value − anchor). */
export function shrink(value: number, anchor: number, reliability: number): number {
  return anchor + reliability * (value - anchor);
}
