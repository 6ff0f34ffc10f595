import { quoted } from '@qloom/tensor/quoted.ts';
import { checkValue } from '../hyperparameters/check-value.ts';
import type { Configuration, Hyperparameter } from '../hyperparameters/hyperparameter.ts';
import { InvalidHyperparameterError } from '../hyperparameters/invalid-hyperparameter-error.ts';
import { coveringQuotas } from './quotas.ts';

/** Name of the hyperparameter for the number of synthetic points per real one. */
export const SYNTH_RATIO = 'synthRatio';

/**
 * Most points of a plan, whatever the ratio: as many as ratio 8 of 1,250 labels. The training of a QNN takes steps ×
 * batch rows, 6,400 by default, so that it would hardly see more of them, and their cost would grow with the labels.
 */
export const MOST_SYNTHETIC_POINTS = 10_000;

/**
 * Synthetic points of each class to add to real points with `realCounts` points of each class, shape [classes]. The
 * search, the final evaluation, the command line and benchmarks share this rule: `synthRatio` times the total number of
 * real points (halves rounded up), at most {@link MOST_SYNTHETIC_POINTS}, divided by {@link coveringQuotas}, so that the total is exact, a class with a real
 * point gets a synthetic one as soon as the total allows, and a class without real points gets none. All 0 for method
 * `none`.
 *
 * Of the configuration only `method` and `synthRatio` matter. `offered` is `synthRatio` as the generator advertises it:
 * it has the allowed ratios and the default. Without it any finite ratio of at least 0 is allowed, and 1 is the
 * default.
 *
 * @throws InvalidHyperparameterError for a ratio that is not offered.
 */
export function synthesisPlan(
  { method, synthRatio }: Configuration,
  realCounts: readonly number[],
  offered?: Hyperparameter,
): number[] {
  const ratio = Number(offered === undefined ? (synthRatio ?? 1) : checkValue(offered, synthRatio));
  if (!(ratio >= 0 && ratio < Number.POSITIVE_INFINITY)) {
    throw new InvalidHyperparameterError(SYNTH_RATIO, `${quoted(synthRatio)} is not a finite number of at least 0`);
  }
  const real = realCounts.reduce((sum, count) => sum + count, 0);
  const total = method === 'none' ? 0 : Math.min(Math.round(ratio * real), MOST_SYNTHETIC_POINTS);
  return total === 0 ? realCounts.map(() => 0) : coveringQuotas(total, realCounts);
}
