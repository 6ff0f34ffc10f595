import type { Random } from '@qloom/random/random.ts';
import { rounding, UNIT_ROUNDOFF } from '@qloom/tensor/testing/rounding.ts';
import * as tf from '@tensorflow/tfjs-core';

/** A function of float32 tensors with several results. */
export type TensorFunction = (inputs: readonly tf.Tensor[]) => readonly tf.Tensor[];

/**
 * The largest change of each result when the inputs change at random by one float32 rounding or not at all: the
 * amplification of rounding errors by the function at this point, including its own roundings.
 */
function movedByRounding(f: TensorFunction, inputs: readonly tf.Tensor[], random: Random): number[] {
  return tf.tidy(() => {
    const before = f(inputs).map((tensor) => tensor.dataSync());
    const most = before.map(() => 0);
    for (let move = 0; move < 2; move++) {
      const moved = inputs.map((input) => {
        const values = input
          .dataSync()
          .map((value) => value * (1 + 2 * (random.integer(3) - 1) * UNIT_ROUNDOFF.float32));
        return tf.tensor(values, input.shape);
      });
      f(moved).forEach((tensor, i) => {
        tensor.dataSync().forEach((value, j) => {
          most[i] = Math.max(most[i], Math.abs(value - before[i][j]));
        });
      });
    }
    return most;
  });
}

/**
 * Expects results to equal those of `reference` on `inputs` up to rounding errors: eight times what one rounding of
 * each input does to a result, and `operations` roundings of its largest number, for sums in a different order.
 */
export function expectSameToRounding(
  results: readonly tf.Tensor[],
  reference: TensorFunction,
  inputs: readonly tf.Tensor[],
  { operations, random }: { readonly operations: number; readonly random: Random },
): void {
  const moved = movedByRounding(reference, inputs, random);
  tf.tidy(() => {
    const wanted = reference(inputs);
    expect(results.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
      wanted.map(({ shape, dtype }) => ({ shape, dtype })),
    );
    wanted.forEach((tensor, output) => {
      const [actual, expected] = [results[output], tensor].map((each) => Array.from(each.dataSync()));
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const allowed = 8 * moved[output] + rounding(operations, Math.max(1, largest), 'float32');
      expected.forEach((value, element) => {
        if (!(Math.abs(actual[element] - value) <= allowed)) {
          const where = { output, element, allowed };
          expect({ ...where, value: actual[element] }).toEqual({ ...where, value });
        }
      });
    });
  });
}
