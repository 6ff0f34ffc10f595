import { pairedTestSetError } from '@qloom/metrics/statistics/test-set-error.ts';
import { balancedAccuracyOf, type TestScore } from '../evaluation/test-score.ts';

/** Standard errors by which the QNN with the points of the alternative must be ahead. */
const AHEAD = 1;

/** The QNN with the points of the alternative, cross-validated inside the labels of one replicate, beside the QNN without. */
export interface AlternativeScore {
  /** Balanced accuracy in [0, 1]. */
  readonly score: number;
  /** Standard error of the difference of the two, paired by point. */
  readonly standardError: number;
  /** Whether it is surely better, so that the points are added. */
  readonly isAhead: boolean;
}

/**
 * Judges points by what they do, in cross-validation of the QNN with them and without them on the same folds: no classifier and no
 * density says what points of other methods are worth. The error is over the labels, which repeats share. The number was chosen by
 * the gain on test points of draws that prove nothing else (`node bench/src/main.ts alternative`).
 */
export function alternativeScore(qnn: TestScore, withPoints: TestScore): AlternativeScore {
  const strata = withPoints
    .map((points, label) => points.map((share, i) => share - qnn[label][i]))
    .filter((points) => points.length > 0);
  const score = balancedAccuracyOf(withPoints);
  const standardError = Math.sqrt(pairedTestSetError(strata).variance);
  return { score, standardError, isAhead: score - balancedAccuracyOf(qnn) > AHEAD * standardError };
}
