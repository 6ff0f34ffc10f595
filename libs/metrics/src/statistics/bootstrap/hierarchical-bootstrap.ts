import { createRandom } from '@qloom/random/random.ts';
import { MetricError } from '../../metric-error.ts';
import { quantile } from '../../percentile.ts';
import type { Interval } from '../interval.ts';

/** Draws of one cell: grouped by the selection that they depend on. */
export type Selections = readonly (readonly number[])[];

/** Options of {@link hierarchicalBootstrap}. */
export interface HierarchyOptions {
  /** Two-sided confidence. Default .95. */
  readonly level?: number;
  /** Default 2,000. */
  readonly resamples?: number;
  readonly seed?: number | string;
}

/**
 * Percentile intervals of functions of the values of several cells, by resampling within each cell: first its selections
 * (studies, each with a search of its own), then the draws of each selection drawn (Davison and Hinkley, "Bootstrap methods and
 * their application", 1997, section 3.8). Cells are fixed, as in the stratified bootstrap of Agarwal et al., "Deep
 * reinforcement learning at the edge of the statistical precipice" (2021). Where a draw chose for itself, its choice is
 * resampled with it; in a cell with one selection, intervals are conditional on that one. `statistics` takes the values of
 * each cell and returns a number of each function. Throws MetricError where a cell or a selection is empty.
 */
export function hierarchicalBootstrap(
  cells: readonly Selections[],
  statistics: (cells: readonly (readonly number[])[]) => readonly number[],
  { level = 0.95, resamples = 2000, seed = 0 }: HierarchyOptions = {},
): Interval[] {
  if (cells.length === 0 || cells.some((cell) => cell.length === 0 || cell.some((draws) => draws.length === 0))) {
    throw new MetricError('cells', 'hierarchicalBootstrap: a cell or a selection has no draws; leave it out');
  }
  const estimates = statistics(cells.map((cell) => cell.flat()));
  const random = createRandom(`hierarchy/${seed}`);
  const values = estimates.map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r++) {
    const resample = cells.map((cell) =>
      cell.flatMap(() => {
        const draws = cell[random.integer(cell.length)];
        return draws.map(() => draws[random.integer(draws.length)]);
      }),
    );
    statistics(resample).forEach((value, i) => {
      values[i][r] = value;
    });
  }
  return estimates.map((estimate, i) => ({
    estimate,
    low: Math.min(estimate, quantile(values[i], (1 - level) / 2)),
    high: Math.max(estimate, quantile(values[i], (1 + level) / 2)),
    level,
  }));
}
