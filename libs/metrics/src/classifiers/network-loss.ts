import type { Matrix } from '../matrix.ts';
import type { Evaluation } from '../minimization/search.ts';
import { addSlopesOfFour, applyToFour, groupedRows, ROWS_AT_ONCE } from './four-rows.ts';
import { type Layer, softmax } from './softmax-network.ts';

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
  const { count } = x;
  const inputs = groupedRows(x);
  const hidden = sizes.length === 3 ? sizes[1] : 0;
  const outputs = sizes[sizes.length - 1];
  const units = new Float64Array(ROWS_AT_ONCE * hidden);
  const unitSlopes = new Float64Array(ROWS_AT_ONCE * hidden);
  const logits = new Float64Array(ROWS_AT_ONCE * outputs);
  const residuals = new Float64Array(ROWS_AT_ONCE * outputs);
  const ofRow = new Float64Array(Math.max(2, outputs));
  const only = outputs === 1 ? 1 : 0;

  /** Cross-entropy of one row of the group, and the slopes of its logits. */
  const crossEntropy = (target: number, row: number): number => {
    ofRow[0] = 0;
    for (let o = 0; o < outputs; o++) ofRow[o + only] = logits[ROWS_AT_ONCE * o + row];
    const wanted = ofRow[target];
    const logSum = softmax(ofRow);
    for (let o = 0; o < outputs; o++) {
      const k = o + only;
      residuals[ROWS_AT_ONCE * o + row] = (ofRow[k] - (target === k ? 1 : 0)) / count;
    }
    return logSum - wanted;
  };

  return (parameters) => {
    const gradient = new Float64Array(parameters.length);
    const layers = layersOf(sizes, parameters);
    const slopes = layersOf(sizes, gradient);
    const [first] = layers;
    const last = layers[layers.length - 1];
    let loss = 0;
    for (let row = 0; row < count; row += ROWS_AT_ONCE) {
      const from = row * first.inputs;
      if (hidden > 0) {
        applyToFour(first, inputs, from, units);
        for (let h = 0; h < units.length; h++) if (units[h] < 0) units[h] = 0;
        applyToFour(last, units, 0, logits);
      } else applyToFour(last, inputs, from, logits);
      residuals.fill(0);
      for (let r = 0; r < ROWS_AT_ONCE && row + r < count; r++) loss += crossEntropy(targets[row + r], r);
      if (hidden > 0) {
        addSlopesOfFour(slopes[1], units, 0, residuals);
        slopesOfUnits(last, residuals, units, unitSlopes);
        addSlopesOfFour(slopes[0], inputs, from, unitSlopes);
      } else addSlopesOfFour(slopes[0], inputs, from, residuals);
    }
    loss /= count;
    layers.forEach(({ weights }, layer) => {
      const slope = slopes[layer].weights;
      for (let i = 0; i < weights.length; i++) {
        loss += ((alpha / 2) * weights[i] * weights[i]) / count;
        slope[i] += (alpha / count) * weights[i];
      }
    });
    return { value: loss, gradient };
  };
}

/** Slopes of four rows' hidden units into `out`, given those of the outputs; 0 where a ReLU is 0. All shapes [width, 4]. */
function slopesOfUnits(
  { inputs, outputs, weights }: Layer,
  residuals: Float64Array,
  units: Float64Array,
  out: Float64Array,
): void {
  out.fill(0);
  for (let o = 0; o < outputs; o++) {
    for (let h = 0; h < inputs; h++) {
      const weight = weights[o * inputs + h];
      for (let r = 0; r < ROWS_AT_ONCE; r++) out[ROWS_AT_ONCE * h + r] += residuals[ROWS_AT_ONCE * o + r] * weight;
    }
  }
  for (let h = 0; h < units.length; h++) if (units[h] === 0) out[h] = 0;
}
