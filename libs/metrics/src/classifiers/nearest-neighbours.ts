import { fitStandardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { matrixOf, squaredDistances } from '../matrix.ts';
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
  const known = matrixOf(training, standardizer);
  return {
    predict(points) {
      const squares = squaredDistances(matrixOf(points, standardizer), known);
      const out = new Int32Array(points.count);
      for (let row = 0; row < points.count; row++) {
        const at = squares.subarray(row * known.count, (row + 1) * known.count);
        const order = Array.from(at, (_, i) => i).sort((i, j) => at[i] - at[j] || i - j);
        const votes = new Array<number>(training.classes).fill(0);
        for (const voter of order.slice(0, k)) votes[training.y[voter]]++;
        const most = Math.max(...votes);
        out[row] = training.y[order.find((voter) => votes[training.y[voter]] === most) as number];
      }
      return out;
    },
  };
}
