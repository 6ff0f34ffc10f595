import type { LossName } from '../model/qnn-settings.ts';
import { pointLoss } from '../training/loss.ts';
import type { RowCotangents } from './engine.ts';

/** A loss as data, for engines that evaluate it where no callback can go. Both are means over the `rows` rows of a set. */
export type RowLoss =
  /** Mean over rows and observables of (⟨O_k⟩ − target)². */
  | {
      readonly kind: 'squared-error';
      readonly rows: number;
      /** Shape [sets, rows, observables]. */
      readonly targets: Float64Array;
    }
  /** Mean over rows of the loss `loss` of training/loss.ts, whose logits are scale·⟨O_c⟩. */
  | {
      readonly kind: 'classification';
      readonly rows: number;
      readonly loss: LossName;
      readonly scale: number;
      /** Class of each row, shape [sets, rows]. */
      readonly labels: Int32Array;
    };

/** The loss's derivative, which carries the loss as its description: an engine may call it, or evaluate the description itself. */
export function lossCotangents(description: RowLoss): RowCotangents {
  const { rows } = description;
  if (description.kind === 'squared-error') {
    const { targets } = description;
    const squaredError: RowCotangents = (set, row, expectations, cotangents) => {
      const observed = expectations.length;
      const at = (set * rows + row) * observed;
      const scale = 2 / (rows * observed);
      for (let k = 0; k < observed; k++) cotangents[k] = scale * (expectations[k] - targets[at + k]);
    };
    return Object.assign(squaredError, { description });
  }
  const { scale, labels } = description;
  const loss = pointLoss(description.loss);
  let logits = new Float64Array(0);
  const classification: RowCotangents = (set, row, expectations, cotangents) => {
    const classes = expectations.length;
    if (logits.length !== classes) logits = new Float64Array(classes);
    for (let c = 0; c < classes; c++) logits[c] = scale * expectations[c];
    loss(logits, labels[set * rows + row], cotangents);
    for (let c = 0; c < classes; c++) cotangents[c] *= scale / rows;
  };
  return Object.assign(classification, { description });
}
