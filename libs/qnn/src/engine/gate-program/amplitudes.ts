import { amplitudeNorm } from '@qloom/quantum/simulation/preparation.ts';

/** Writes the amplitudes x/‖x‖ of the first `count` inputs. Throws CircuitError if they are all zero. */
export function fillAmplitudes(inputs: ArrayLike<number>, count: number, out: Float32Array, offset: number): void {
  const norm = amplitudeNorm(inputs, count);
  for (let k = 0; k < count; k++) out[offset + k] = inputs[k] / norm;
}

/**
 * The gradient with respect to amplitude inputs, from 2·Re λ before the first gate: (2·Re λ_k − Σ_j 2·Re λ_j·φ_j · φ_k)/‖x‖
 * with φ = x/‖x‖; see quantum/preparation.ts.
 */
export function addAmplitudeGradient(
  inputs: ArrayLike<number>,
  count: number,
  lambda: ArrayLike<number>,
  offset: number,
  inputGradient: Float64Array,
): void {
  const norm = amplitudeNorm(inputs, count);
  let along = 0;
  for (let k = 0; k < count; k++) along += (inputs[k] / norm) * lambda[offset + k];
  for (let k = 0; k < count; k++) inputGradient[k] += (lambda[offset + k] - (along * inputs[k]) / norm) / norm;
}
