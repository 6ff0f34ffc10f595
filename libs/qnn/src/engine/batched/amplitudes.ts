import type { AmplitudePreparation } from '@qloom/quantum/circuit.ts';
import { amplitudeNorm } from '@qloom/quantum/preparation.ts';
import type { Block } from './kernels.ts';

/** Loads rows of inputs as the states that a circuit starts from, and takes the gradient back to them. */
export interface Amplitudes {
  /** Fills `block` with x/‖x‖ of each lane. Throws CircuitError where a row is all zero. */
  load(block: Block, inputs: Float64Array, x: number, active: number): void;
  /** Adds ∂loss/∂x = 2·(Re λ_k − Re⟨φ₀|λ⟩·φ₀,k)/‖x‖ of each lane; λ stands before the first gate. */
  backward(
    lambda: Block,
    inputs: Float64Array,
    x: number,
    active: number,
    inputGradient: Float64Array,
    g: number,
  ): void;
}

/** Compiles a preparation for blocks of `lanes` lanes; a row has `inputCount` inputs. */
export function compileAmplitudes(preparation: AmplitudePreparation, inputCount: number, lanes: number): Amplitudes {
  const count = preparation.inputs;
  const rowOf = (inputs: Float64Array, x: number, j: number) => {
    const row = inputs.subarray(x + j * inputCount, x + j * inputCount + count);
    return { row, norm: amplitudeNorm(row, count) };
  };
  return {
    load({ re, im }, inputs, x, active) {
      re.fill(0);
      im.fill(0);
      for (let j = 0; j < active; j++) {
        const { row, norm } = rowOf(inputs, x, j);
        for (let k = 0; k < count; k++) re[k * lanes + j] = row[k] / norm;
      }
    },
    backward({ re }, inputs, x, active, inputGradient, g) {
      for (let j = 0; j < active; j++) {
        const { row, norm } = rowOf(inputs, x, j);
        let along = 0;
        for (let k = 0; k < count; k++) along += (row[k] / norm) * re[k * lanes + j];
        for (let k = 0; k < count; k++) {
          inputGradient[g + j * inputCount + k] += (2 * (re[k * lanes + j] - (along * row[k]) / norm)) / norm;
        }
      }
    },
  };
}
