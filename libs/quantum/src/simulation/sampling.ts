import type { Random } from '@qloom/random/random.ts';
import { CircuitError } from '../errors.ts';
import { GATES } from '../gates/gates.ts';
import { type Observable, pauliMasks, validateObservable } from '../observables/observable.ts';
import { applyMatrix, copyState, parity, probabilities, type Statevector } from './statevector.ts';

/** Basis states from `shots` measurements in the computational basis, shape [shots]. */
export function sampleBasisStates(state: Statevector, shots: number, random: Random): Uint32Array {
  if (!Number.isInteger(shots) || shots < 1) throw new CircuitError(`shots: ${shots} is not an integer above 0`);
  const cumulative = probabilities(state);
  for (let k = 1; k < cumulative.length; k++) cumulative[k] += cumulative[k - 1];
  const total = cumulative[cumulative.length - 1];
  return Uint32Array.from({ length: shots }, () => firstAbove(cumulative, random.uniform() * total));
}

/** Number of occurrences of each basis state in `shots` measurements; states that did not occur are absent. */
export function sampleCounts(state: Statevector, shots: number, random: Random): Map<number, number> {
  const counts = new Map<number, number>();
  for (const k of sampleBasisStates(state, shots, random)) counts.set(k, (counts.get(k) ?? 0) + 1);
  return counts;
}

/**
 * An estimate of ⟨O⟩ from finite shots: each Pauli string is measured `shots` times in its own eigenbasis. Unbiased;
 * its standard error is at most Σ|coefficient|/√shots.
 */
export function estimateExpectation(state: Statevector, observable: Observable, shots: number, random: Random): number {
  validateObservable(observable, state.qubits);
  let total = 0;
  for (const { paulis, coefficient } of observable.terms) {
    const { x, z } = pauliMasks(paulis);
    if ((x | z) === 0) {
      total += coefficient;
      continue;
    }
    const rotated = rotateToMeasure(state, paulis);
    let sum = 0;
    for (const k of sampleBasisStates(rotated, shots, random)) sum += parity(k & (x | z)) ? -1 : 1;
    total += (coefficient * sum) / shots;
  }
  return total;
}

/** Basis change from X and Y to Z: H for X, H·S† for Y. */
function rotateToMeasure(state: Statevector, paulis: string): Statevector {
  const rotated = copyState(state);
  [...paulis].forEach((letter, qubit) => {
    if (letter === 'Y') applyMatrix(rotated, GATES.sdg.matrix([]), [qubit]);
    if (letter === 'X' || letter === 'Y') applyMatrix(rotated, GATES.h.matrix([]), [qubit]);
  });
  return rotated;
}

function firstAbove(cumulative: Float64Array, value: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
