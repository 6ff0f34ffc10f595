import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';

/**
 * An order of the features in which correlated ones stand side by side, so that a convolution over features sees them
 * together: begins with the feature of the largest summed |correlation|, and goes on each time with the unused feature
 * most correlated with the last; ties to the lower index. Learned from training points alone. Shape [features]; entry k
 * is the feature that stands at position k. Features that do not vary correlate with none.
 */
export function correlationOrder(training: Points): number[] {
  const correlation = absoluteCorrelations(training);
  const d = training.features;
  const total = Array.from({ length: d }, (_, j) => correlation[j].reduce((a, b) => a + b, 0));
  const left = new Set(total.keys());
  const order: number[] = [];
  let weight = total;
  while (left.size > 0) {
    let best = -1;
    for (const j of left) if (best < 0 || weight[j] > weight[best] + 1e-12) best = j;
    order.push(best);
    left.delete(best);
    weight = correlation[best];
  }
  return order;
}

function absoluteCorrelations({ count, features, x }: Points): number[][] {
  const mean = new Float64Array(features);
  for (let i = 0; i < count * features; i++) mean[i % features] += x[i] / count;
  const product = Array.from({ length: features }, () => new Array<number>(features).fill(0));
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < features; j++) {
      for (let k = 0; k <= j; k++) {
        product[j][k] += (x[i * features + j] - mean[j]) * (x[i * features + k] - mean[k]);
      }
    }
  }
  const out = Array.from({ length: features }, () => new Array<number>(features).fill(0));
  for (let j = 0; j < features; j++) {
    for (let k = 0; k < j; k++) {
      const scale = Math.sqrt(product[j][j] * product[k][k]);
      out[j][k] = out[k][j] = scale > 0 ? Math.abs(product[j][k]) / scale : 0;
    }
  }
  return out;
}

/** The columns of `points` in `order`. Throws DatasetError unless `order` is a permutation of the features. */
export function reorderFeatures(points: Points, order: readonly number[]): Points {
  const { count, features } = points;
  if (order.length !== features || new Set(order).size !== features || order.some((j) => !(j >= 0 && j < features))) {
    throw new DatasetError('order', `order: [${order.join(', ')}] is not a permutation of 0 … ${features - 1}`);
  }
  const x = new Float32Array(count * features);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < features; k++) x[i * features + k] = points.x[i * features + order[k]];
  return { ...points, x };
}

/** The order that undoes `order`. */
export function inverseOrder(order: readonly number[]): number[] {
  const inverse = new Array<number>(order.length);
  order.forEach((feature, position) => {
    inverse[feature] = position;
  });
  return inverse;
}
