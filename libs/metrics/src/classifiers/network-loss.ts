import type { Matrix } from '../matrix.ts';
import type { Evaluation } from '../minimization/search.ts';
import type { Layer } from './softmax-network.ts';
import { softmax } from './softmax-network.ts';

/** Sizes of a network's layers: features, hidden units where there are any, outputs. */
export type LayerSizes = readonly number[];

/** Number of weights and biases of a network. */
export function parameterCount(sizes: LayerSizes): number {
  let total = 0;
  for (let layer = 1; layer < sizes.length; layer++) total += (sizes[layer - 1] + 1) * sizes[layer];
  return total;
}

/** Views of the layers of a flat parameter vector: for each layer W, then b. */
export function layersOf(sizes: LayerSizes, parameters: Float64Array): Layer[] {
  const layers: Layer[] = [];
  let at = 0;
  for (let layer = 1; layer < sizes.length; layer++) {
    const [inputs, outputs] = [sizes[layer - 1], sizes[layer]];
    const weights = parameters.subarray(at, at + inputs * outputs);
    at += inputs * outputs;
    layers.push({ inputs, outputs, weights, biases: parameters.subarray(at, at + outputs) });
    at += outputs;
  }
  return layers;
}

/**
 * Mean cross-entropy + α/(2n)·Σ W², biases not penalized, and its gradient, for a network with at most one hidden layer of ReLUs. This is
 * the objective of scikit-learn's MLPClassifier(alpha=α) and, without a hidden layer, 1/n of that of LogisticRegression(C=1/α).
 * With one output, it is the logit of target 1 against target 0.
 */
export function networkLoss(
  x: Matrix,
  targets: ArrayLike<number>,
  sizes: LayerSizes,
  alpha: number,
): (parameters: Float64Array) => Evaluation {
  const { count, features, values } = x;
  const hidden = sizes.length === 3 ? sizes[1] : 0;
  const outputs = sizes[sizes.length - 1];
  const width = hidden || features;
  const units = new Float64Array(hidden);
  const logits = new Float64Array(Math.max(2, outputs));
  const back = new Float64Array(hidden);

  return (parameters) => {
    const gradient = new Float64Array(parameters.length);
    const layers = layersOf(sizes, parameters);
    const slopes = layersOf(sizes, gradient);
    const last = layers[layers.length - 1];
    const lastSlope = slopes[slopes.length - 1];
    const [{ weights: first, biases: firstBiases }] = layers;
    let loss = 0;
    for (let row = 0; row < count; row++) {
      const from = row * features;
      for (let h = 0; h < hidden; h++) {
        let sum = firstBiases[h];
        const at = h * features;
        for (let j = 0; j < features; j++) sum += first[at + j] * values[from + j];
        if (sum < 0) sum = 0;
        units[h] = sum;
      }
      logits[0] = 0;
      for (let o = 0; o < outputs; o++) {
        let sum = last.biases[o];
        const at = o * width;
        if (hidden > 0) for (let h = 0; h < width; h++) sum += last.weights[at + h] * units[h];
        else for (let j = 0; j < width; j++) sum += last.weights[at + j] * values[from + j];
        logits[outputs === 1 ? 1 : o] = sum;
      }
      const target = targets[row];
      const wanted = logits[target];
      loss += logSumExp(logits) - wanted;
      softmax(logits);
      back.fill(0);
      for (let o = 0; o < outputs; o++) {
        const k = outputs === 1 ? 1 : o;
        const residual = (logits[k] - (target === k ? 1 : 0)) / count;
        lastSlope.biases[o] += residual;
        const at = o * width;
        if (hidden > 0) {
          for (let h = 0; h < width; h++) {
            lastSlope.weights[at + h] += residual * units[h];
            back[h] += residual * last.weights[at + h];
          }
        } else for (let j = 0; j < width; j++) lastSlope.weights[at + j] += residual * values[from + j];
      }
      for (let h = 0; h < hidden; h++) {
        if (units[h] === 0 || back[h] === 0) continue;
        slopes[0].biases[h] += back[h];
        const at = h * features;
        for (let j = 0; j < features; j++) slopes[0].weights[at + j] += back[h] * values[from + j];
      }
    }
    loss /= count;
    layers.forEach(({ weights }, layer) => {
      for (let i = 0; i < weights.length; i++) {
        loss += ((alpha / 2) * weights[i] * weights[i]) / count;
        slopes[layer].weights[i] += (alpha / count) * weights[i];
      }
    });
    return { value: loss, gradient };
  };
}

function logSumExp(logits: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < logits.length; k++) if (logits[k] > largest) largest = logits[k];
  let total = 0;
  for (let k = 0; k < logits.length; k++) total += Math.exp(logits[k] - largest);
  return largest + Math.log(total);
}
