import { createNeighbourSearch } from '@qloom/datasets/neighbours/neighbour-search.ts';
import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { matrixOf } from '../matrix.ts';
import { MetricError } from '../metric-error.ts';
import type { Classifier } from './classifier.ts';

/**
 * k nearest training points in standardized features, majority of their classes; ties of the vote go to the class whose
 * nearest voter is nearest, ties of distance to the earlier row. Throws MetricError unless 1 ≤ k ≤ training points.
 */
export function fitNearestNeighbours(training: Points, k = 3): Classifier {
  if (!Number.isInteger(k) || k < 1 || k > training.count) {
    throw new MetricError('k', `k: ${k} neighbours of ${training.count} training points; give 1 … ${training.count}`);
  }
  const standardizer = fitStandardizer(training);
  const search = createNeighbourSearch(matrixOf(training, standardizer));
  return {
    predict(points) {
      const { values, features } = matrixOf(points, standardizer);
      if (features !== training.features) {
        throw new MetricError(
          'features',
          `points: ${features} features; the training points have ${training.features}`,
        );
      }
      return Int32Array.from({ length: points.count }, (_, row) => {
        const { rows } = search.nearest(values.subarray(row * features, (row + 1) * features), k);
        const votes = new Array<number>(training.classes).fill(0);
        for (const voter of rows) votes[training.y[voter]]++;
        const most = Math.max(...votes);
        return training.y[rows.find((voter) => votes[training.y[voter]] === most) as number];
      });
    },
  };
}
