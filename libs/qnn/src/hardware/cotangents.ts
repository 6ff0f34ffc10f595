import { logitScale } from '../model/qnn-model.ts';
import { type LossName, pointLoss } from '../training/loss.ts';

/** The loss of one row and its derivatives in the expectations. */
export interface RowSlope {
  readonly loss: number;
  /** ∂loss/∂⟨O_c⟩, shape [classes]. */
  readonly cotangents: Float64Array;
  /** ∂²loss/∂⟨O_a⟩∂⟨O_b⟩, shape [classes, classes]. */
  readonly curvature: Float64Array;
}

/**
 * Loss and derivatives of a row from estimated expectations, whose `covariance`, shape [classes, classes], corrects the slope of the
 * cross-entropy: with logits l of covariance Σ, the softmax s of their estimates has the bias ½·s_c·(Var u_c − Σ_i s_i·Var u_i) with u = l − Σ_i
 * s_i·l_i to second order, which is subtracted. What remains is of the order of 1/shots². The slope of the squared error is linear, and has no bias.
 */
export function rowSlope(
  name: LossName,
  expectations: Float64Array,
  covariance: Float64Array,
  label: number,
): RowSlope {
  const scale = logitScale(name);
  const classes = expectations.length;
  const cotangents = new Float64Array(classes);
  const loss = pointLoss(name)(
    expectations.map((value) => scale * value),
    label,
    cotangents,
  );
  const curvature = new Float64Array(classes ** 2);
  if (name === 'mse') {
    for (let c = 0; c < classes; c++) curvature[c * classes + c] = (2 * scale ** 2) / classes;
    return { loss, cotangents: cotangents.map((value) => scale * value), curvature };
  }
  const softmax = cotangents.map((value, c) => value + (c === label ? 1 : 0));
  const spreads = deviations(softmax, covariance).map((value) => scale ** 2 * value);
  const mean = softmax.reduce((sum, share, i) => sum + share * spreads[i], 0);
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < classes; b++) {
      curvature[a * classes + b] = scale ** 2 * softmax[a] * ((a === b ? 1 : 0) - softmax[b]);
    }
  }
  const corrected = cotangents.map((value, c) => scale * (value - 0.5 * softmax[c] * (spreads[c] - mean)));
  return { loss, cotangents: corrected, curvature };
}

/** The variance of l_c − Σ_i s_i·l_i for each c. */
function deviations(softmax: Float64Array, covariance: Float64Array): Float64Array {
  const classes = softmax.length;
  const withMean = softmax.map((_, c) =>
    softmax.reduce((sum, share, i) => sum + share * covariance[c * classes + i], 0),
  );
  const ofMean = softmax.reduce((sum, share, i) => sum + share * withMean[i], 0);
  return softmax.map((_, c) => Math.max(0, covariance[c * classes + c] - 2 * withMean[c] + ofMean));
}
