import type { Circuit } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import type { Statevector } from './statevector.ts';

/** ‖x‖ of the first `count` inputs. Throws CircuitError unless it is finite and above zero: such a row has no state. */
export function amplitudeNorm(inputs: ArrayLike<number>, count: number): number {
  let largest = 0;
  for (let k = 0; k < count; k++) largest = Math.max(largest, Math.abs(inputs[k]));
  if (!(largest > 0 && largest < Infinity)) {
    throw new CircuitError(
      `amplitude preparation: the ${count} inputs of a row are all zero or not finite, so they have no direction; ` +
        'leave the row out, or add a constant feature',
    );
  }
  let squares = 0;
  for (let k = 0; k < count; k++) squares += (inputs[k] / largest) ** 2;
  return largest * Math.sqrt(squares);
}

/**
 * Adds the gradient with respect to amplitude inputs, from λ = Σ c·U†OU|φ₀⟩ and the prepared state φ₀:
 * ∂/∂x_k = 2·(Re λ_k − Re⟨φ₀|λ⟩·φ₀,k)/‖x‖, which is the derivative projected off the direction that normalization removes.
 */
export function addPreparationGradient(
  circuit: Circuit,
  prepared: Statevector,
  lambda: Statevector,
  inputs: ArrayLike<number>,
  inputGradient: Float64Array,
): void {
  if (!circuit.preparation) return;
  const { inputs: count } = circuit.preparation;
  const norm = amplitudeNorm(inputs, count);
  let along = 0;
  for (let k = 0; k < count; k++) along += prepared.re[k] * lambda.re[k];
  for (let k = 0; k < count; k++) inputGradient[k] += (2 * (lambda.re[k] - along * prepared.re[k])) / norm;
}
