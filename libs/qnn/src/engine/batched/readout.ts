import { type Observable, pauliMasks } from '@qloom/quantum/observable.ts';
import { parity } from '@qloom/quantum/statevector.ts';
import type { Block } from './kernels.ts';
import { addBracket, addOperator, type PauliOperator } from './pauli-kernels.ts';

/** Reads observables out of a block of states and starts the backward sweep from their cotangents. */
export interface Readout {
  /** ⟨O_k⟩ of every lane, shape [observables, lanes]. */
  readonly values: Float64Array;
  /** ∂loss/∂⟨O_k⟩ of every lane, shape [observables, lanes]; the caller writes it. */
  readonly cotangents: Float64Array;
  /** Fills `values`. */
  measure(phi: Block, active: number): void;
  /** lambda = Σ_k cotangent_k·O_k·phi. */
  seed(phi: Block, lambda: Block, active: number): void;
}

/** Compiles observables for blocks of `lanes` lanes on `qubits` qubits. Strings of Z share one pass over probabilities. */
export function compileReadout(observables: readonly Observable[], qubits: number, lanes: number): Readout {
  const size = 2 ** qubits;
  const values = new Float64Array(observables.length * lanes);
  const cotangents = new Float64Array(observables.length * lanes);
  const operators = observables.flatMap(({ terms }, k) =>
    terms.map((term) => ({ ...pauliMasks(term.paulis), coefficient: term.coefficient, at: k * lanes })),
  );
  const diagonal = operators.filter((operator) => operator.x === 0);
  const others: (PauliOperator & { at: number })[] = operators.filter((operator) => operator.x !== 0);
  const masks = Int32Array.from(diagonal, (operator) => operator.z);
  const coefficients = Float64Array.from(diagonal, (operator) => operator.coefficient);
  const offsets = Int32Array.from(diagonal, (operator) => operator.at);
  const lane = new Float64Array(lanes);

  return {
    values,
    cotangents,
    measure({ re, im }, active) {
      values.fill(0);
      for (let k = 0; k < size && masks.length > 0; k++) {
        const from = k * lanes;
        for (let j = 0; j < active; j++) lane[j] = re[from + j] * re[from + j] + im[from + j] * im[from + j];
        for (let t = 0; t < masks.length; t++) {
          const s = parity(k & masks[t]) ? -coefficients[t] : coefficients[t];
          const at = offsets[t];
          for (let j = 0; j < active; j++) values[at + j] += s * lane[j];
        }
      }
      for (const p of others) addBracket({ re, im }, { re, im }, p, 're', size, lanes, active, values, p.at);
    },
    seed(phi, lambda, active) {
      for (let k = 0; k < size; k++) {
        const from = k * lanes;
        lane.fill(0);
        for (let t = 0; t < masks.length; t++) {
          const s = parity(k & masks[t]) ? -coefficients[t] : coefficients[t];
          const at = offsets[t];
          for (let j = 0; j < active; j++) lane[j] += s * cotangents[at + j];
        }
        for (let j = 0; j < active; j++) {
          lambda.re[from + j] = lane[j] * phi.re[from + j];
          lambda.im[from + j] = lane[j] * phi.im[from + j];
        }
      }
      for (const p of others) addOperator(phi, lambda, p, cotangents, p.at, size, lanes, active);
    },
  };
}
