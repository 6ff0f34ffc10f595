/** Losses that training can minimize. */
export const LOSSES = ['cross-entropy', 'mse'] as const;

/** One of {@link LOSSES}. */
export type LossName = (typeof LOSSES)[number];

/**
 * The loss of one point. Reads `logits` (one per class), writes ∂loss/∂logit into `gradient`, and returns the loss.
 * - cross-entropy: log Σ_c exp(logit_c) − logit_y
 * - mse: mean over classes of (logit_c − target_c)², where the target is +1 for the point's class and −1 for the others
 */
export type PointLoss = (logits: Float64Array, label: number, gradient: Float64Array) => number;

const crossEntropy: PointLoss = (logits, label, gradient) => {
  let top = -Infinity;
  for (let c = 0; c < logits.length; c++) top = Math.max(top, logits[c]);
  let total = 0;
  for (let c = 0; c < logits.length; c++) {
    gradient[c] = Math.exp(logits[c] - top);
    total += gradient[c];
  }
  for (let c = 0; c < logits.length; c++) gradient[c] /= total;
  gradient[label] -= 1;
  return Math.log(total) + top - logits[label];
};

const meanSquaredError: PointLoss = (logits, label, gradient) => {
  let total = 0;
  for (let c = 0; c < logits.length; c++) {
    const residual = logits[c] - (c === label ? 1 : -1);
    gradient[c] = (2 * residual) / logits.length;
    total += (residual * residual) / logits.length;
  }
  return total;
};

/** The loss with a name. */
export const pointLoss = (name: LossName): PointLoss => (name === 'mse' ? meanSquaredError : crossEntropy);
