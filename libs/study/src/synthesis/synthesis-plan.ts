import { quoted } from '@qloom/tensor/quoted.ts';
import { checkValue } from '../hyperparameters/check-value.ts';
import type { Configuration, Hyperparameter } from '../hyperparameters/hyperparameter.ts';
import { InvalidHyperparameterError } from '../hyperparameters/invalid-hyperparameter-error.ts';
import { coveringQuotas } from './quotas.ts';

/** Name of the hyperparameter for the number of synthetic points per real one. */
export const SYNTH_RATIO = 'synthRatio';

/** Maximum number of points of a plan; a generator may have a lower limit. */
const MAX_POINTS = 10_000_000;

/**
 * Synthetic points of each class to add to real points with `realCounts` points of each class, shape [classes]. The
 * search, the final evaluation, the command line and benchmarks share this rule: `synthRatio` times the total number of
 * real points (halves rounded up), divided by {@link coveringQuotas}, so that the total is exact, a class with a real
 * point gets a synthetic one as soon as the total allows, and a class without real points gets none. All 0 for method
 * `none`.
 *
 * Of the configuration only `method` and `synthRatio` matter. `offered` is `synthRatio` as the generator advertises it:
 * it has the allowed ratios and the default. Without it any finite ratio of at least 0 is allowed, and 1 is the
 * default.
 *
 * @throws InvalidHyperparameterError for a ratio that is not offered, or of more than ten million points.
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
  const total = method === 'none' ? 0 : Math.round(ratio * real);
  if (total > MAX_POINTS) {
    const right = `right would be at most ${MAX_POINTS} synthetic points`;
    throw new InvalidHyperparameterError(SYNTH_RATIO, `${quoted(synthRatio)} of ${real} points; ${right}`);
  }
  return total === 0 ? realCounts.map(() => 0) : coveringQuotas(total, realCounts);
}
