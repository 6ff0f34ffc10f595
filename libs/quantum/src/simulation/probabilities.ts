import { CircuitError } from '../errors.ts';
import type { Observable } from '../observables/observable.ts';
import { probabilities, type Statevector } from './statevector.ts';

/**
 * The probability of each outcome when `qubits` are measured, shape [2^k]; bit j of an outcome is qubit `qubits[j]`. Throws
 * CircuitError when a qubit is out of range or named twice.
 */
export function marginalProbabilities(state: Statevector, qubits: readonly number[]): Float64Array {
  checkMeasured(qubits, state.qubits);
  const out = new Float64Array(2 ** qubits.length);
  probabilities(state).forEach((probability, k) => {
    out[qubits.reduce((outcome, qubit, j) => outcome | (((k >> qubit) & 1) << j), 0)] += probability;
  });
  return out;
}

/**
 * Probabilities as observables, for which every engine computes expectations and gradients: observable m is the
 * projector on outcome m of `qubits`, as 2^k strings of Z: |m⟩⟨m| = Π_j ½·(1 + (−1)^{m_j}·Z_j). At most 10 qubits.
 * Throws CircuitError.
 */
export function probabilityObservables(qubits: readonly number[]): Observable[] {
  checkMeasured(qubits, 32);
  if (qubits.length > 10) {
    throw new CircuitError(`probabilities of ${qubits.length} qubits as observables; at most 10 are right`);
  }
  const outcomes = 2 ** qubits.length;
  const width = Math.max(0, ...qubits) + 1;
  return Array.from({ length: outcomes }, (_, outcome) => ({
    terms: Array.from({ length: outcomes }, (__, subset) => {
      const letters = new Array<string>(width).fill('I');
      let sign = 1;
      qubits.forEach((qubit, j) => {
        if (((subset >> j) & 1) === 0) return;
        letters[qubit] = 'Z';
        if ((outcome >> j) & 1) sign = -sign;
      });
      return { coefficient: sign / outcomes, paulis: letters.join('') };
    }),
  }));
}

function checkMeasured(qubits: readonly number[], count: number): void {
  for (const qubit of qubits) {
    if (!Number.isInteger(qubit) || qubit < 0 || qubit >= count) {
      throw new CircuitError(`measured qubit ${qubit} is not one of 0 … ${count - 1}`);
    }
  }
  if (new Set(qubits).size !== qubits.length) {
    throw new CircuitError(`measured qubits ${qubits.join(', ')} are not all different`);
  }
}
