import { pairedTestSetError } from '@qloom/metrics/statistics/test-set-error.ts';
import { balancedAccuracyOf, type TestScore } from '../evaluation/test-score.ts';

/** Repeated cross-validation of two classifiers on the same folds: shares of right predictions of each point, paired. */
export interface PairedScores {
  /** The generator's own classifier, shape [classes][points]. */
  readonly classifier: TestScore;
  /** The QNN, trained on real points only; the same shape. */
  readonly qnn: TestScore;
}

/** The two scores and the error of their difference. */
export interface ScoreDifference {
  /** Balanced accuracy in [0, 1]: accuracy where the classes are equal. */
  readonly classifier: number;
  readonly qnn: number;
  /** Standard error of the difference, paired by point, over the points. Repeats share their points and do not reduce it below that. */
  readonly standardError: number;
}

/** Compares the two by balanced accuracy, as the headline of a result does. At least one class must have a point. */
export function differenceOf({ classifier, qnn }: PairedScores): ScoreDifference {
  const strata = classifier
    .map((points, label) => points.map((share, i) => share - qnn[label][i]))
    .filter((points) => points.length > 0);
  return {
    classifier: balancedAccuracyOf(classifier),
    qnn: balancedAccuracyOf(qnn),
    standardError: Math.sqrt(pairedTestSetError(strata).variance),
  };
}
