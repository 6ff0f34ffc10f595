import type { PointLoss } from './loss.ts';
import { softmaxInto } from './softmax.ts';

/** Scores of a trained QNN on held-out points. */
export interface Score {
  /** Mean loss. */
  readonly loss: number;
  /** Fraction of correctly predicted points, in [0, 1]. */
  readonly accuracy: number;
  /** Loss of each point, shape [points]. */
  readonly losses: Float32Array;
  /** Predicted class of each point, shape [points]. */
  readonly predictions: Int32Array;
  /** Softmax of the logits of each point, shape [points, classes], whatever the loss. */
  readonly probabilities: Float32Array;
}

/** Scores expectations, shape [points, classes], against labels. */
export function score(expectations: Float64Array, labels: Int32Array, scale: number, loss: PointLoss): Score {
  const count = labels.length;
  const classes = expectations.length / count;
  const logits = new Float64Array(classes);
  const gradient = new Float64Array(classes);
  const losses = new Float32Array(count);
  const predictions = new Int32Array(count);
  const probabilities = new Float32Array(count * classes);
  let [total, right] = [0, 0];
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < classes; c++) {
      logits[c] = scale * expectations[i * classes + c];
      if (expectations[i * classes + c] > expectations[i * classes + predictions[i]]) predictions[i] = c;
    }
    softmaxInto(probabilities, i * classes, logits);
    const value = loss(logits, labels[i], gradient);
    losses[i] = value;
    total += value;
    if (predictions[i] === labels[i]) right++;
  }
  return { loss: total / count, accuracy: right / count, losses, predictions, probabilities };
}
