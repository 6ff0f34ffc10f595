import type { Interval } from '../interval.ts';
import { type HierarchyOptions, hierarchicalBootstrap, type Selections } from './hierarchical-bootstrap.ts';

/** One value of a performance profile. */
export interface ProfilePoint {
  readonly threshold: number;
  /** Share of the draws with at least this value, each cell with equal weight, with its pointwise band. */
  readonly share: Interval;
}

/**
 * Performance profile (Dolan and Moré, 2002; Agarwal et al., "Deep reinforcement learning at the edge of the statistical
 * precipice", 2021): for each threshold τ the share of cells × draws whose value is at least τ, mean over cells, with
 * pointwise bands of {@link hierarchicalBootstrap}. Throws MetricError where a cell has no draws.
 */
export function performanceProfile(
  cells: readonly Selections[],
  thresholds: readonly number[],
  options: HierarchyOptions = {},
): ProfilePoint[] {
  const shares = (values: readonly (readonly number[])[]): number[] => {
    const sorted = values.map((draws) => Float64Array.from(draws).sort());
    return thresholds.map(
      (threshold) => sorted.reduce((sum, draws) => sum + shareAtLeast(draws, threshold), 0) / sorted.length,
    );
  };
  return hierarchicalBootstrap(cells, shares, options).map((share, i) => ({ threshold: thresholds[i], share }));
}

function shareAtLeast(sorted: Float64Array, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return 1 - low / sorted.length;
}
