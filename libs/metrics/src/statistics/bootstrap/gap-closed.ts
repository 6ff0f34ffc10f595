import { MetricError } from '../../metric-error.ts';
import { FEWEST_DRAWS } from '../claim.ts';
import { type Interval, meanOf } from '../interval.ts';
import { DIFFERENCE_RANGE, freshDrawsTest } from '../mean-test.ts';
import { pairedTestSetError } from '../test-set-error.ts';
import { bcaInterval, widenByTestSet } from './bca-interval.ts';

/** Scores of one draw. */
export interface GapDraw {
  readonly realOnly: number;
  readonly arm: number;
  readonly oracle: number;
}

/** Differences at each point of the test set that all draws share, mean over draws, in strata with equal weight (see `pairedTestSetError`). */
export interface GapPoints {
  /** Arm less real data only. */
  readonly arm: readonly ArrayLike<number>[];
  /** Oracle less real data only, the same points. */
  readonly oracle: readonly ArrayLike<number>[];
}

/** Share of the gap that an arm closes, or why there is none. */
export type GapClosed = { readonly interval: Interval } | { readonly reason: string };

/** Least gain of the oracle by which another gain is divided: one point. */
const LEAST_GAP = 0.01;

/**
 * Share of the gap between real data only and the oracle that an arm closes: (mean arm − mean real)/(mean oracle − mean real)
 * over paired draws. 1: as good as true samples; below 0: worse than real data only. Its interval is the BCa bootstrap over
 * draws, where a draw is resampled with whatever was chosen for it, widened by the error of the shared test set to first
 * order: the ratio g has there the variance of the mean of z_arm − g·z_oracle, divided by the square of the gap. A ratio
 * to a gap that may be 0 has no useful interval: there is a reason instead if the oracle's gain is less than one point, or the
 * 95% interval of it holds 0. Fewer than five draws have no interval (level 0). Throws MetricError without draws.
 */
export function gapClosed(draws: readonly GapDraw[], points: GapPoints | null, seed: number | string = 0): GapClosed {
  if (draws.length === 0) throw new MetricError('draws', 'gapClosed: 0 draws; give at least 1');
  const gains = draws.map(({ oracle, realOnly }) => oracle - realOnly);
  const common = points === null ? null : pairedTestSetError(points.oracle);
  const gap = freshDrawsTest(gains, common, { range: DIFFERENCE_RANGE });
  const inPoints = (value: number): string => (100 * value).toFixed(1).replace('-', '−');
  if (gap.estimate < LEAST_GAP) {
    return { reason: `no gap to close: true samples gain ${inPoints(gap.estimate)} points, less than one` };
  }
  if (gap.level > 0 && gap.low <= 0) {
    const range = `[${inPoints(gap.low)}, ${inPoints(gap.high)}]`;
    return { reason: `no sure gap to close: true samples gain ${inPoints(gap.estimate)} points ${range}` };
  }
  const ratio = (indices: ArrayLike<number>): number => {
    let [ours, whole] = [0, 0];
    for (let i = 0; i < indices.length; i++) {
      const { realOnly, arm, oracle } = draws[indices[i]];
      ours += arm - realOnly;
      whole += oracle - realOnly;
    }
    return ours / whole;
  };
  const overDraws = bcaInterval(draws.length, ratio, { seed });
  if (draws.length < FEWEST_DRAWS) {
    const { estimate } = overDraws;
    return { interval: { estimate, low: estimate, high: estimate, level: 0 } };
  }
  return {
    interval:
      points === null ? overDraws : widenByTestSet(overDraws, ratioError(overDraws.estimate, points, meanOf(gains))),
  };
}

/** The error of the ratio over test sets, to first order. */
function ratioError(ratio: number, points: GapPoints, gap: number): { variance: number; freedom: number } {
  // z_arm − g·z_oracle may exceed 1, for which half a pseudo-point in each cell is scaled with it.
  const scale = Math.max(1, Math.abs(ratio), Math.abs(1 - ratio));
  const residuals = points.arm.map((z, stratum) =>
    Float64Array.from(z, (value, i) => (value - ratio * points.oracle[stratum][i]) / scale),
  );
  const { variance, freedom } = pairedTestSetError(residuals);
  return { variance: (variance * scale ** 2) / gap ** 2, freedom };
}
