import { holmAdjust } from '@qloom/metrics/statistics/holm.ts';
import { meanOf } from '@qloom/metrics/statistics/interval.ts';
import { freshDrawsTest } from '@qloom/metrics/statistics/mean-test.ts';
import { moreIsBetter, type Row } from '../harness/row.ts';

/** Test accuracies of the draws of one cell, by arm. */
export interface CellAccuracies {
  readonly cell: string;
  readonly byArm: Readonly<Record<string, readonly number[]>>;
}

/**
 * One row for each cell and arm but the reference: accuracies in percent, and as note the paired difference to the reference in
 * points with its 95% interval over draws, and p corrected by Holm over all rows.
 */
export function pairedGains(bench: string, cells: readonly CellAccuracies[], reference: string): Row[] {
  const claims = cells.flatMap(({ cell, byArm }) =>
    Object.entries(byArm).flatMap(([arm, values]) => {
      if (arm === reference) return [];
      const test = freshDrawsTest(
        values.map((value, i) => 100 * (value - byArm[reference][i])),
        null,
      );
      return [{ cell, arm, values, base: byArm[reference], test }];
    }),
  );
  const corrected = holmAdjust(claims.map(({ test }) => test.pValue));
  return claims.map(({ cell, arm, values, base, test: { estimate, low, high } }, i) =>
    moreIsBetter({
      bench,
      case: cell,
      metric: arm,
      value: 100 * meanOf(values),
      unit: '%',
      peer: reference,
      peerValue: 100 * meanOf(base),
      note: `${signed(estimate)} [${signed(low)}, ${signed(high)}] points over ${values.length} draws, p ${corrected[i].toFixed(3)}`,
    }),
  );
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
