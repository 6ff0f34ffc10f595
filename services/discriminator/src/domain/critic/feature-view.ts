import type { Points } from '@qloom/study/points/points.ts';
import { correlationOrder } from './feature-order.ts';

/** Transformation of points for the critic: standardized by the training points, columns ordered by correlation. */
export interface FeatureView {
  readonly features: number;
  /** Maps points in the units of the data to the network's input; both [count, features], row-major. */
  forward(x: Float32Array): Float32Array;
  /** Maps a gradient with respect to the network's input back to the units and the column order of the data. */
  backward(gradient: Float32Array): Float32Array;
}

/**
 * Minimum deviation of a column, relative to the largest one, so that standardization does not amplify a column that is
 * almost constant.
 */
const LEAST_RELATIVE_DEVIATION = 1e-3;

/** Creates the view for these training points. */
export function createFeatureView(training: Points): FeatureView {
  const { count, features, x } = training;
  const order = correlationOrder(training);
  const mean = new Float64Array(features);
  const deviation = new Float64Array(features);
  for (let i = 0; i < x.length; i++) mean[i % features] += x[i] / count;
  for (let i = 0; i < x.length; i++) deviation[i % features] += (x[i] - mean[i % features]) ** 2 / count;
  const largest = Math.sqrt(Math.max(...deviation)) || 1;
  for (let j = 0; j < features; j++) {
    deviation[j] = Math.max(Math.sqrt(deviation[j]), LEAST_RELATIVE_DEVIATION * largest);
  }
  return {
    features,
    forward(points) {
      const seen = new Float32Array(points.length);
      for (let row = 0; row < points.length; row += features) {
        for (let i = 0; i < features; i++) {
          const column = order[i];
          seen[row + i] = (points[row + column] - mean[column]) / deviation[column];
        }
      }
      return seen;
    },
    backward(gradient) {
      const back = new Float32Array(gradient.length);
      for (let row = 0; row < gradient.length; row += features) {
        for (let i = 0; i < features; i++) back[row + order[i]] = gradient[row + i] / deviation[order[i]];
      }
      return back;
    },
  };
}
