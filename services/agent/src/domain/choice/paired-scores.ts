import { pairedTestSetError } from '@qloom/metrics/statistics/test-set-error.ts';
import { balancedAccuracyOf, type TestScore } from '../evaluation/test-score.ts';

/** Repeated cross-validation of classifiers and the QNN on the same folds: shares of right predictions of each point, paired. */
export interface PairedScores {
  /** The generator's own classifier, shape [classes][points]. */
  readonly classifier: TestScore;
  /** A classifier that assumes no density, the same shape: what the points would look like if the generator's density were right. */
  readonly flexible: TestScore;
  /** The QNN, trained on real points only; the same shape. */
  readonly qnn: TestScore;
}

/** The scores, and the error of the difference between the generator's own classifier and the QNN. */
export interface ScoreDifference {
  /** Balanced accuracy in [0, 1]: accuracy where the classes are equal. */
  readonly classifier: number;
  readonly flexible: number;
  readonly qnn: number;
  /** N, the number of points. */
  readonly points: number;
  /** Standard error of the difference, paired by point, over the points. Repeats share their points and do not reduce it below that. */
  readonly standardError: number;
}

/** Compares them by balanced accuracy, as the headline of a result does. At least one class must have a point. */
export function differenceOf({ classifier, flexible, qnn }: PairedScores): ScoreDifference {
  const strata = classifier
    .map((points, label) => points.map((share, i) => share - qnn[label][i]))
    .filter((points) => points.length > 0);
  return {
    classifier: balancedAccuracyOf(classifier),
    flexible: balancedAccuracyOf(flexible),
    qnn: balancedAccuracyOf(qnn),
    points: classifier.reduce((sum, points) => sum + points.length, 0),
    standardError: Math.sqrt(pairedTestSetError(strata).variance),
  };
}
