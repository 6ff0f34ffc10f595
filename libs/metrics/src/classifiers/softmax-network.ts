import type { Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { MetricError } from '../metric-error.ts';
import type { ProbabilisticClassifier } from './classifier.ts';

/** One affine map: outputs = W·inputs + b. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** W, row-major [outputs, inputs]. */
  readonly weights: Float64Array;
  /** b, shape [outputs]. */
  readonly biases: Float64Array;
}

/**
 * A fitted classifier as numbers: affine layers with ReLU between them, on standardized features. The last layer gives one
 * logit for each class of `present`, of which the probabilities are the softmax; for two classes it may give a single
 * one, the logit of the second. A linear classifier is one with a single layer.
 */
export interface SoftmaxNetwork {
  /** Number of classes of the points. */
  readonly classes: number;
  /** Classes that had training points, in rising order; all others have probability 0. */
  readonly present: readonly number[];
  /** Statistics of the training points. */
  readonly standardizer: Standardizer;
  readonly layers: readonly Layer[];
}

/** The classifier that these numbers describe. */
export function createSoftmaxClassifier(network: SoftmaxNetwork): ProbabilisticClassifier {
  const probabilities = (points: Points) => probabilitiesOf(network, points);
  return { probabilities, predict: (points) => mostProbable(probabilities(points), network.classes) };
}

/** p(c|x) of each row, row-major [points.count, classes]. Throws MetricError when the number of features differs. */
function probabilitiesOf(network: SoftmaxNetwork, points: Points): Float64Array {
  const { classes, present, standardizer, layers } = network;
  const { count, features } = points;
  if (features !== standardizer.mean.length) {
    throw new MetricError(
      'features',
      `classifier: the points have ${features} features, the training points had ${standardizer.mean.length}`,
    );
  }
  const out = new Float64Array(count * classes);
  const input = new Float64Array(features);
  const logits = new Float64Array(present.length);
  const outputs = layers.map((layer) => new Float64Array(layer.outputs));
  for (let row = 0; row < count; row++) {
    for (let j = 0; j < features; j++) {
      input[j] = (points.x[row * features + j] - standardizer.mean[j]) / standardizer.scale[j];
    }
    let values = input;
    layers.forEach((layer, at) => {
      applyLayer(layer, values, outputs[at]);
      values = outputs[at];
      if (at + 1 < layers.length) for (let j = 0; j < values.length; j++) if (values[j] < 0) values[j] = 0;
    });
    logits.fill(0);
    logits.set(values, present.length - values.length);
    softmax(logits);
    for (let k = 0; k < present.length; k++) out[row * classes + present[k]] = logits[k];
  }
  return out;
}

function applyLayer({ inputs, outputs, weights, biases }: Layer, from: Float64Array, to: Float64Array): void {
  for (let o = 0; o < outputs; o++) {
    let sum = biases[o];
    for (let i = 0; i < inputs; i++) sum += weights[o * inputs + i] * from[i];
    to[o] = sum;
  }
}

/** e^{l_k}/Σ e^{l_j}, in place; returns ln Σ e^{l_j}. */
export function softmax(logits: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < logits.length; k++) if (logits[k] > largest) largest = logits[k];
  let total = 0;
  for (let k = 0; k < logits.length; k++) total += logits[k] = Math.exp(logits[k] - largest);
  for (let k = 0; k < logits.length; k++) logits[k] /= total;
  return largest + Math.log(total);
}

/** Class of the largest probability of each row, ties to the lower class. `probabilities` is row-major [rows, classes]. */
export function mostProbable(probabilities: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if (probabilities[row * classes + c] > probabilities[row * classes + best]) best = c;
    }
    return best;
  });
}
