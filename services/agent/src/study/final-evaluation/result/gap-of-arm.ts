import { type GapDraw, type GapPoints, gapClosed } from '@qloom/metrics/statistics/bootstrap/gap-closed.ts';
import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import type { TestScore } from '../../../domain/evaluation/test-score.ts';
import { mean } from '../../../domain/maths/statistics.ts';

/** Accuracies of an arm and the right predictions behind them, by replicate; null if unknown. */
export interface GapArm {
  readonly draws: readonly ({ readonly accuracy: number } | null)[];
  readonly tests: readonly (TestScore | null)[];
}

/**
 * Share of the gap in accuracy between real data only and the oracle that an arm closes, over the replicates that all
 * three have: see `gapClosed`, which has the error of the common test set where predictions are known. Null if there is no
 * sure gap, or no common replicate. The test set of a task, which alone has an oracle, has equal classes, so that balanced
 * accuracy is the same.
 */
export function gapOfArm(arm: GapArm, realOnly: GapArm, oracle: GapArm, seed: string): Interval | null {
  const common = arm.draws.flatMap((ours, draw): { at: number; scores: GapDraw }[] => {
    const [alone, most] = [realOnly.draws[draw], oracle.draws[draw]];
    if (ours === null || !alone || !most) return [];
    return [{ at: draw, scores: { realOnly: alone.accuracy, arm: ours.accuracy, oracle: most.accuracy } }];
  });
  if (common.length === 0) return null;
  const draws = common.map(({ at }) => at);
  const closed = gapClosed(
    common.map(({ scores }) => scores),
    pointsOf(draws, arm, realOnly, oracle),
    seed,
  );
  return 'interval' in closed ? closed.interval : null;
}

/** Differences at each test point, mean over the replicates; null if some are unknown. */
function pointsOf(draws: readonly number[], arm: GapArm, realOnly: GapArm, oracle: GapArm): GapPoints | null {
  const shares = [arm, realOnly, oracle].map(({ tests }) => {
    const known = draws.flatMap((draw) => {
      const test = tests[draw];
      return test === null ? [] : [test.flatMap((points) => [...points])];
    });
    return known.length < draws.length ? null : known[0].map((_, point) => mean(known.map((test) => test[point])));
  });
  const [ours, alone, most] = shares;
  if (!ours || !alone || !most) return null;
  const less = (a: readonly number[]) => [Float64Array.from(a, (share, point) => share - alone[point])];
  return { arm: less(ours), oracle: less(most) };
}
