import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { gradientRounding } from '@qloom/quantum/testing/gradient-rounding.ts';
import type { RoundedFormat } from '@qloom/tensor/testing/rounding.ts';
import type { BatchGradient, CircuitBatch } from '../engine/engine.ts';

/**
 * Bounds on the rounding error in a format of each number of a batch's adjoint gradient, in the shapes of
 * `BatchGradient`. A parameter's derivative is a sum over rows, so their bounds add up.
 */
export function batchRounding(
  circuit: Circuit,
  observables: readonly Observable[],
  batch: CircuitBatch,
  cotangents: Float64Array,
  format: RoundedFormat,
): BatchGradient {
  const { sets, rows, sharedInputs = false } = batch;
  const [size, width, count] = [circuit.parameters.length, circuit.inputs, observables.length];
  const bounds = {
    expectations: new Float64Array(sets * rows * count),
    parameters: new Float64Array(sets * size),
    inputs: new Float64Array(sets * rows * width),
  };
  for (let set = 0; set < sets; set++) {
    for (let row = 0; row < rows; row++) {
      const at = set * rows + row;
      const input = (sharedInputs ? row : at) * width;
      const one = gradientRounding(
        circuit,
        observables,
        cotangents.subarray(at * count, (at + 1) * count),
        batch.parameters.subarray(set * size, (set + 1) * size),
        batch.inputs.subarray(input, input + width),
        format,
      );
      bounds.expectations.set(one.expectations, at * count);
      bounds.inputs.set(one.inputs, at * width);
      one.parameters.forEach((bound, i) => {
        bounds.parameters[set * size + i] += bound;
      });
    }
  }
  return bounds;
}

/**
 * Expects an engine's gradient to equal the reference's, number by number, within `bounds` and the float64 rounding of
 * the reference. The error names the number and its deviation.
 */
export function expectWithin(actual: BatchGradient, wanted: BatchGradient, bounds: BatchGradient): void {
  for (const part of ['expectations', 'parameters', 'inputs'] as const) {
    expect([part, actual[part].length]).toEqual([part, wanted[part].length]);
    expect(bounds[part].length).toBe(wanted[part].length);
    wanted[part].forEach((value, i) => {
      // The reference also rounds, in float64: twice the bound covers both.
      if (!(Math.abs(actual[part][i] - value) <= 2 * bounds[part][i])) {
        throw new Error(`${part}[${i}]: ${actual[part][i]} instead of ${value}; allowed is ±${2 * bounds[part][i]}`);
      }
    });
  }
}
