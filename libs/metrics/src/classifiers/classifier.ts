import type { Points } from '@qloom/study/points/points.ts';

/** A fitted classifier. */
export interface Classifier {
  /** Class of each row, shape [points.count]. Throws MetricError when the number of features differs. */
  predict(points: Points): Int32Array;
}

/** A fitted classifier that also says how sure it is. `predict` gives the most probable class, ties the lower one. */
export interface ProbabilisticClassifier extends Classifier {
  /**
   * p(c|x) of each row, row-major [points.count, classes]; every row sums to 1, and a class without training points has 0.
   * Throws MetricError when the number of features differs.
   */
  probabilities(points: Points): Float64Array;
}

/** Share of rows whose class is predicted; NaN without rows. */
export function accuracyOf(classifier: Classifier, points: Points): number {
  const predicted = classifier.predict(points);
  let right = 0;
  for (let row = 0; row < points.count; row++) if (predicted[row] === points.y[row]) right++;
  return right / points.count;
}
