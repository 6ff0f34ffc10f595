import type { Observable } from '@qloom/quantum/observables/observable.ts';

/**
 * The most by which readout errors can make an expectation of 0 appear: Σ|c|·(1 − (1 − 2e)^k) over the Pauli strings c·P on k qubits. A qubit that is
 * misread with probabilities p(1|0) and p(0|1) of mean e is read as (1 − 2e)·⟨Z⟩ + δ with |δ| ≤ 2e, so that a product of k that is 0
 * is read as at most (1 − 2e + 2e)^k − (1 − 2e)^k. `readoutErrors` are those of all qubits of the device; their median stands for each, since
 * where a circuit ran is not known. 0 where there are none.
 */
export function readoutBias({ terms }: Observable, readoutErrors: readonly number[]): number {
  const error = Math.min(0.5, medianOf(readoutErrors));
  return terms.reduce((sum, { coefficient, paulis }) => {
    const qubits = [...paulis].filter((letter) => letter !== 'I').length;
    return sum + Math.abs(coefficient) * (1 - (1 - 2 * error) ** qubits);
  }, 0);
}

function medianOf(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
