import type { Points } from '@qloom/study/points/points.ts';

/** A fitted classifier. */
export interface Classifier {
  /** Class of each row, shape [points.count]. Throws MetricError when the number of features differs. */
  predict(points: Points): Int32Array;
}

/** Share of rows whose class is predicted; NaN without rows. */
export function accuracyOf(classifier: Classifier, points: Points): number {
  const predicted = classifier.predict(points);
  let right = 0;
  for (let row = 0; row < points.count; row++) if (predicted[row] === points.y[row]) right++;
  return right / points.count;
}
