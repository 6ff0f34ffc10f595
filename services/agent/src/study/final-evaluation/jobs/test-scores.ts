import { logLoss, macroAuc } from '@qloom/metrics/scores/class-probabilities.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { packTestScore } from '../../../domain/evaluation/test-score.ts';
import { mean } from '../../../domain/maths/statistics.ts';
import type { ReplicateResult } from './job-results.ts';

/** What a trained classifier says about the test points. */
export interface TestAnswers {
  /** Predicted class of each point; null if unknown. */
  readonly predictions: Int32Array | null;
  /** Class probabilities, shape [points, classes]; null if unknown. */
  readonly probabilities: ArrayLike<number> | null;
}

/**
 * Scores of an arm's trainings on the test points: which were predicted right, if the predictions are known; AUC and log
 * loss, averaged over the trainings, if their probabilities are.
 */
export function testScores(
  trainings: readonly TestAnswers[],
  test: Points,
): Pick<ReplicateResult, 'test' | 'auc' | 'logLoss'> {
  const { y, classes } = test;
  const packed = packTestScore(
    trainings.map(({ predictions }) => predictions),
    y,
    classes,
  );
  return { ...(packed === null ? {} : { test: packed }), ...probabilityScores(trainings, test) };
}

function probabilityScores(
  trainings: readonly TestAnswers[],
  { y, classes, count }: Points,
): Pick<ReplicateResult, 'auc' | 'logLoss'> {
  const known = trainings.flatMap(({ probabilities }) =>
    probabilities?.length === count * classes ? [probabilities] : [],
  );
  if (known.length === 0 || known.length < trainings.length) return {};
  const areas = known.flatMap((probabilities) => macroAuc(probabilities, y, classes) ?? []);
  return {
    ...(areas.length === 0 ? {} : { auc: mean(areas) }),
    logLoss: mean(known.map((probabilities) => logLoss(probabilities, y, classes))),
  };
}
