import { createRandom } from '@qloom/random/random.ts';
import { pointLoss } from '../training/loss.ts';
import { lossCotangents, type RowLoss } from './row-loss.ts';

const [sets, rows, observed] = [2, 3, 4];
const random = createRandom('row loss');
const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
const labels = Int32Array.from({ length: sets * rows }, () => random.integer(observed));
const targets = draw(sets * rows * observed);

/** The contribution of one row to the loss, implemented independently from the definitions. */
function rowLoss(loss: RowLoss, set: number, row: number, expectations: Float64Array): number {
  const at = set * rows + row;
  if (loss.kind === 'squared-error') {
    return (
      expectations.reduce((sum, value, k) => sum + (value - targets[at * observed + k]) ** 2, 0) / (rows * observed)
    );
  }
  const logits = expectations.map((value) => loss.scale * value);
  return pointLoss(loss.loss)(logits, labels[at], new Float64Array(observed)) / rows;
}

describe('lossCotangents', () => {
  const losses: RowLoss[] = [
    { kind: 'squared-error', rows, targets },
    { kind: 'classification', rows, loss: 'cross-entropy', scale: 1.7, labels },
    { kind: 'classification', rows, loss: 'mse', scale: 0.6, labels },
  ];

  it.each(losses)('are the derivatives of the loss by central differences, and contain it as data: %o', (loss) => {
    const cotangentsOf = lossCotangents(loss);
    expect(cotangentsOf.description).toBe(loss);
    const step = 1e-5;
    for (let i = 0; i < sets * rows; i++) {
      const [set, row] = [Math.floor(i / rows), i % rows];
      const expectations = draw(observed);
      const slopes = new Float64Array(observed);
      cotangentsOf(set, row, expectations, slopes);
      slopes.forEach((slope, k) => {
        const shifted = (by: number) => expectations.map((value, j) => (j === k ? value + by : value));
        const difference = rowLoss(loss, set, row, shifted(step)) - rowLoss(loss, set, row, shifted(-step));
        // Error of central differences: the third derivative times step² / 6, and rounding divided by step.
        expect(Math.abs(slope - difference / (2 * step))).toBeLessThan(1e-9);
      });
    }
  });
});
