import { type LossName, pointLoss } from '../training/loss.ts';

/**
 * A loss as data, for engines that evaluate it where callbacks are not possible. Both are means over the `rows` rows of
 * a set.
 */
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

/**
 * The derivative of the loss with respect to each expectation of one row: reads `expectations` and fills `cotangents`,
 * both of length `observables`. Both arrays belong to the engine and are reused for the next row.
 */
export interface RowCotangents {
  (set: number, row: number, expectations: Float64Array, cotangents: Float64Array): void;
  /** The same as data; set by {@link lossCotangents}. An engine with threads distributes only losses that have it. */
  readonly description?: RowLoss;
}

/** The loss's derivative, with the loss as data: an engine may call the function or evaluate the data itself. */
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
