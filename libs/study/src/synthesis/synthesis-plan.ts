import { DatasetError } from '../points/dataset-error.ts';
import { coveringQuotas } from './quotas.ts';

/** The hyperparameters that a plan depends on; others are ignored. */
export interface PlannedSettings {
  /** Name of the generator's method; `none` adds nothing. */
  readonly method?: unknown;
  /** Synthetic points for each real one, at least 0. Default 1. */
  readonly synthRatio?: unknown;
}

/**
 * Synthetic points of each class to add to real points with `realCounts` points of each class, shape [classes]. One rule
 * for the search, the final evaluation, the command line and benchmarks: `synthRatio` times the real points in all
 * (halves rounded up), divided by {@link coveringQuotas}, so that the total is exact, a class with a real point gets a
 * synthetic one as soon as the total allows, and a class without real points gets none. All 0 for method `none`. Throws
 * DatasetError where synthRatio is not a finite number of at least 0.
 */
export function synthesisPlan({ method, synthRatio = 1 }: PlannedSettings, realCounts: readonly number[]): number[] {
  const ratio = Number(synthRatio);
  if (!(ratio >= 0 && ratio < Number.POSITIVE_INFINITY)) {
    throw new DatasetError('synthRatio', `synthRatio: ${synthRatio} is not a finite number of at least 0`);
  }
  const real = realCounts.reduce((sum, count) => sum + count, 0);
  const total = method === 'none' ? 0 : Math.round(ratio * real);
  return total === 0 ? realCounts.map(() => 0) : coveringQuotas(total, realCounts);
}
