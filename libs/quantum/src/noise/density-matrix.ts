import type { Circuit } from '../circuit.ts';
import { CircuitTooLargeError } from '../errors.ts';
import { GATES } from '../gates/gates.ts';
import { type Observable, pauliMasks, validateObservable } from '../observables/observable.ts';
import type { CircuitGradient } from '../simulation/adjoint.ts';
import { amplitudeShifts, shiftGradient } from '../simulation/parameter-shift.ts';
import { applyMatrix, gateAngles, initialState, parity, type Statevector } from '../simulation/statevector.ts';
import { krausOperators, superoperator } from './channels.ts';
import { type NoiseModel, noiseAfter, validateNoiseModel } from './noise-model.ts';
import { readObservable, readProbabilities } from './readout-error.ts';

/** Maximum number of qubits of a density matrix: 4ⁿ complex numbers, 1 MiB for 8 qubits. */
const MAX_DENSITY_QUBITS = 8;

/** A density matrix, vectorized: entry (row, column) is at row + 2ⁿ·column. */
export interface DensityMatrix {
  readonly qubits: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * The state of a circuit under noise, exactly. `start` is the pure state before the first gate; by default the
 * circuit's initial state. Throws CircuitTooLargeError above {@link MAX_DENSITY_QUBITS}, CircuitError where the model
 * is malformed.
 */
export function runNoisyCircuit(
  circuit: Circuit,
  model: NoiseModel,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
  start?: Statevector,
): DensityMatrix {
  const n = circuit.qubits;
  if (n > MAX_DENSITY_QUBITS) {
    throw new CircuitTooLargeError(
      `density matrix: ${n} qubits need ${16 * 4 ** n} bytes; at most ${MAX_DENSITY_QUBITS} are right; sample trajectories instead`,
    );
  }
  validateNoiseModel(model, n);
  const rho = pureDensity(start ?? initialState(circuit, inputs));
  const doubled = { qubits: 2 * n, re: rho.re, im: rho.im };
  const columns = (qubits: readonly number[]) => qubits.map((qubit) => qubit + n);
  for (const gate of circuit.gates) {
    const unitary = GATES[gate.name].matrix(gateAngles(gate, parameters, inputs));
    const conjugate = { size: unitary.size, values: unitary.values.map((value, i) => (i % 2 === 0 ? value : -value)) };
    applyMatrix(doubled, unitary, gate.qubits);
    applyMatrix(doubled, conjugate, columns(gate.qubits));
    for (const { channel, qubits } of noiseAfter(model, gate)) {
      applyMatrix(doubled, superoperator(krausOperators(channel)), [...qubits, ...columns(qubits)]);
    }
  }
  return rho;
}

/** |ψ⟩⟨ψ|. */
function pureDensity({ qubits, re, im }: Statevector): DensityMatrix {
  const size = re.length;
  const rho = { qubits, re: new Float64Array(size * size), im: new Float64Array(size * size) };
  for (let column = 0; column < size; column++) {
    for (let row = 0; row < size; row++) {
      rho.re[row + size * column] = re[row] * re[column] + im[row] * im[column];
      rho.im[row + size * column] = im[row] * re[column] - re[row] * im[column];
    }
  }
  return rho;
}

/** Tr(O·ρ). Throws CircuitError when the observable does not fit. */
export function densityExpectation({ qubits, re, im }: DensityMatrix, observable: Observable): number {
  validateObservable(observable, qubits);
  const size = 2 ** qubits;
  let total = 0;
  for (const { paulis, coefficient } of observable.terms) {
    const { x, z, ys } = pauliMasks(paulis);
    for (let k = 0; k < size; k++) {
      // P|k⟩ = i^power |k ⊕ x⟩, so Tr(P·ρ) = Σ_k i^power·ρ(k, k ⊕ x).
      const power = (ys + 2 * parity(k & z)) % 4;
      const at = k + size * (k ^ x);
      total += coefficient * (power === 0 ? re[at] : power === 1 ? -im[at] : power === 2 ? -re[at] : im[at]);
    }
  }
  return total;
}

/** The probability of each basis state or, if the model has readout errors, of each measured outcome. */
export function densityProbabilities({ qubits, re }: DensityMatrix, model?: NoiseModel): Float64Array {
  const size = 2 ** qubits;
  const diagonal = Float64Array.from({ length: size }, (_, k) => re[k + size * k]);
  return model?.readout ? readProbabilities(diagonal, model.readout) : diagonal;
}

/** ⟨O_k⟩ under noise, including readout errors, exactly. */
export function noisyExpectations(
  circuit: Circuit,
  model: NoiseModel,
  observables: readonly Observable[],
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
  start?: Statevector,
): Float64Array {
  const rho = runNoisyCircuit(circuit, model, parameters, inputs, start);
  const { readout } = model;
  return Float64Array.from(observables, (observable) =>
    densityExpectation(rho, readout ? readObservable(observable, readout) : observable),
  );
}

/** The gradient of `Σ_k cotangents[k]·⟨O_k⟩` under noise by parameter shift, exactly: a channel is linear in ρ. */
export function noisyGradient(
  circuit: Circuit,
  model: NoiseModel,
  observables: readonly Observable[],
  cotangents: ArrayLike<number>,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
): CircuitGradient {
  const objective = (shifted: Circuit, start?: Statevector) =>
    noisyExpectations(shifted, model, observables, parameters, inputs, start).reduce(
      (total, value, k) => total + cotangents[k] * value,
      0,
    );
  const gradient = shiftGradient(circuit, objective, parameters, inputs);
  amplitudeShifts(circuit, inputs, (start) => objective(circuit, start), gradient.inputs);
  return { expectations: noisyExpectations(circuit, model, observables, parameters, inputs), ...gradient };
}
