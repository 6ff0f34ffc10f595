import type { Points } from '@qloom/study/points/points.ts';
import { uniforms } from '../random.ts';

/** A trained softmax regression: logits = W x + b of standardized features. */
export interface SoftmaxModel {
  /** Probability of each class at a row of points. */
  probabilities(points: Points, row: number): number[];
  /** Loss of the last mini-batch. */
  readonly trainingLoss: number;
}

/** Settings of a training. */
interface SoftmaxOptions {
  readonly seed: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

/** Trains by gradient steps on mini-batches; weights and mini-batches are drawn from the seed. */
export function trainSoftmax(points: Points, { seed, steps, batchSize, learningRate }: SoftmaxOptions): SoftmaxModel {
  const { count, features, classes, x, y } = points;
  const uniform = uniforms(seed);
  const columns = [...Array(features).keys()];
  const mean = columns.map((j) => average(count, (row) => x[row * features + j]));
  const width = columns.map((j) => Math.sqrt(average(count, (row) => (x[row * features + j] - mean[j]) ** 2)) || 1);
  const weights = Array.from({ length: classes }, () => Array.from({ length: features + 1 }, () => uniform() - 0.5));
  const inputs = (of: Points, row: number) => [
    ...columns.map((j) => (of.x[row * features + j] - mean[j]) / width[j]),
    1,
  ];
  const probabilities = (of: Points, row: number) => {
    const input = inputs(of, row);
    const logits = weights.map((each) => each.reduce((sum, w, j) => sum + w * input[j], 0));
    const exps = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
    const total = exps.reduce((a, b) => a + b, 0);
    return exps.map((exp) => exp / total);
  };
  let trainingLoss = 0;
  for (let step = 0; step < steps; step++) {
    const rows = Array.from({ length: batchSize }, () => Math.floor(uniform() * count));
    const judged = rows.map((row) => ({ row, p: probabilities(points, row) }));
    trainingLoss = average(batchSize, (i) => -Math.log(judged[i].p[y[judged[i].row]]));
    for (const { row, p } of judged) {
      const input = inputs(points, row);
      for (const [label, each] of weights.entries()) {
        const error = (label === y[row] ? 1 : 0) - p[label];
        for (const j of each.keys()) each[j] += (4 * learningRate * error * input[j]) / batchSize;
      }
    }
  }
  return { probabilities, trainingLoss };
}

function average(count: number, of: (index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += of(i);
  return sum / count;
}
