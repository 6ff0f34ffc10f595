import type { Circuit } from '../circuit.ts';
import { addAngleGradient } from '../gates/angle.ts';
import { GATES } from '../gates/gates.ts';
import { adjointOf } from '../gates/matrix.ts';
import { type Observable, pauliMasks } from '../observables/observable.ts';
import { amplitudeNorm } from './preparation.ts';
import {
  addPauli,
  applyMatrix,
  copyState,
  expectation,
  gateAngles,
  innerReal,
  runCircuit,
  type Statevector,
} from './statevector.ts';

/** Gradient of `Σ_k cotangents[k]·⟨O_k⟩`, and the expectations themselves. */
export interface CircuitGradient {
  /** ⟨O_k⟩. */
  readonly expectations: Float64Array;
  /** With respect to the circuit's parameters. */
  readonly parameters: Float64Array;
  /** With respect to the circuit's inputs. */
  readonly inputs: Float64Array;
}

/**
 * Reverse-mode gradient with two state vectors (Jones and Gacon, "Efficient calculation of gradients in classical
 * simulations of variational quantum algorithms", arXiv:2009.02823): with |λ⟩ = U†…·O|φ⟩ swept from the last gate to
 * the first, ∂⟨O⟩/∂a = 2·Re⟨λ|∂U/∂a|φ⟩. The derivatives of amplitude inputs follow from λ at the start of the circuit.
 */
export function adjointGradient(
  circuit: Circuit,
  observables: readonly Observable[],
  cotangents: ArrayLike<number>,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
): CircuitGradient {
  const phi = runCircuit(circuit, parameters, inputs);
  const expectations = Float64Array.from(observables, (observable) => expectation(phi, observable));
  const lambda = weightedObservables(phi, observables, cotangents);
  const parameterGradient = new Float64Array(circuit.parameters.length);
  const inputGradient = new Float64Array(circuit.inputs);
  for (let g = circuit.gates.length - 1; g >= 0; g--) {
    const gate = circuit.gates[g];
    const angles = gateAngles(gate, parameters, inputs);
    const definition = GATES[gate.name];
    const inverse = adjointOf(definition.matrix(angles));
    applyMatrix(phi, inverse, gate.qubits);
    gate.angles.forEach((angle, which) => {
      if (angle.terms.length === 0) return;
      const moved = copyState(phi);
      applyMatrix(moved, definition.derivative(angles, which), gate.qubits);
      const derivative = 2 * innerReal(lambda, moved);
      addAngleGradient(angle, derivative, parameters, inputs, parameterGradient, inputGradient);
    });
    applyMatrix(lambda, inverse, gate.qubits);
  }
  addPreparationGradient(circuit, phi, lambda, inputs, inputGradient);
  return { expectations, parameters: parameterGradient, inputs: inputGradient };
}

function weightedObservables(
  phi: Statevector,
  observables: readonly Observable[],
  cotangents: ArrayLike<number>,
): Statevector {
  const size = phi.re.length;
  const lambda = { qubits: phi.qubits, re: new Float64Array(size), im: new Float64Array(size) };
  observables.forEach(({ terms }, k) => {
    for (const { paulis, coefficient } of terms) {
      addPauli(phi, pauliMasks(paulis), coefficient * cotangents[k], lambda);
    }
  });
  return lambda;
}

/**
 * Adds the gradient with respect to amplitude inputs, from λ = Σ c·U†OU|φ₀⟩ and the prepared state φ₀: ∂/∂x_k = 2·(Re
 * λ_k − Re⟨φ₀|λ⟩·φ₀,k)/‖x‖, which is the derivative projected orthogonally to the direction that normalization removes.
 */
function addPreparationGradient(
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
