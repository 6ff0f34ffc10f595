import { quoted } from '@qloom/tensor/quoted.ts';
import { CircuitError } from '../errors.ts';

/** `coefficient · P`, where P is a product of Pauli operators. */
export interface PauliTerm {
  readonly coefficient: number;
  /** Letter q acts on qubit q: 'ZIX' is Z on qubit 0 and X on qubit 2. Missing letters at the end are I. */
  readonly paulis: string;
}

/** A Hermitian observable: a sum of Pauli strings with real weights. */
export interface Observable {
  readonly terms: readonly PauliTerm[];
}

/** A Pauli string as bit masks: bit q of `x` is set for X and Y on qubit q, of `z` for Z and Y. */
export interface PauliMasks {
  readonly x: number;
  readonly z: number;
  /** Number of Y letters, each with a factor of i: P = i^ys · X^x · Z^z. */
  readonly ys: number;
}

/** The observable of one Pauli string, by the qubits on which its letters act: `pauli('ZZ', [0, 3])` is Z₀Z₃. */
export function pauli(letters: string, qubits: readonly number[], coefficient = 1): Observable {
  if (letters.length !== qubits.length) {
    throw new CircuitError(`observable ${letters}: ${letters.length} letters for ${qubits.length} qubits`);
  }
  const string = new Array<string>(Math.max(0, ...qubits.map((qubit) => qubit + 1))).fill('I');
  qubits.forEach((qubit, i) => {
    string[qubit] = letters[i];
  });
  return { terms: [{ coefficient, paulis: string.join('') }] };
}

/** The sum of several observables. */
export const addObservables = (...observables: Observable[]): Observable => ({
  terms: observables.flatMap((observable) => observable.terms),
});

/** The bit masks of a Pauli string. */
export function pauliMasks(paulis: string): PauliMasks {
  let x = 0;
  let z = 0;
  let ys = 0;
  for (let qubit = 0; qubit < paulis.length; qubit++) {
    const letter = paulis[qubit];
    if (letter === 'X' || letter === 'Y') x |= 1 << qubit;
    if (letter === 'Z' || letter === 'Y') z |= 1 << qubit;
    if (letter === 'Y') ys++;
  }
  return { x, z, ys };
}

/** Throws CircuitError unless the observable has terms, finite coefficients and Pauli strings that fit `qubits`. */
export function validateObservable(observable: Observable, qubits: number, where = 'observable'): void {
  if (observable.terms.length === 0) throw new CircuitError(`${where}: has no terms; at least one is right`);
  for (const { coefficient, paulis } of observable.terms) {
    if (!/^[IXYZ]*$/.test(paulis))
      throw new CircuitError(`${where}: ${quoted(paulis, "'")} has letters other than I, X, Y, Z`);
    if (/[XYZ]/.test(paulis.slice(qubits))) {
      throw new CircuitError(`${where}: ${quoted(paulis, "'")} acts on more than the circuit's ${qubits} qubits`);
    }
    if (!Number.isFinite(coefficient))
      throw new CircuitError(`${where}: the coefficient of ${quoted(paulis, "'")} is not finite`);
  }
}

/** H = −J·Σ Z_iZ_{i+1} − h·Σ X_i, the transverse-field Ising model, on an open chain unless `periodic`. */
export function transverseFieldIsing(qubits: number, coupling: number, field: number, periodic = false): Observable {
  const bonds = bondsOf(qubits, periodic).map((bond) => pauli('ZZ', bond, -coupling));
  return addObservables(...bonds, ...Array.from({ length: qubits }, (_, q) => pauli('X', [q], -field)));
}

/** H = Σ (X_iX_{i+1} + Y_iY_{i+1} + Δ·Z_iZ_{i+1}), the XXZ chain, open unless `periodic`. */
export function xxzChain(qubits: number, delta: number, periodic = false): Observable {
  return addObservables(
    ...bondsOf(qubits, periodic).flatMap((bond) => [pauli('XX', bond), pauli('YY', bond), pauli('ZZ', bond, delta)]),
  );
}

function bondsOf(qubits: number, periodic: boolean): [number, number][] {
  const bonds: [number, number][] = [];
  for (let i = 0; i + 1 < qubits; i++) bonds.push([i, i + 1]);
  if (periodic && qubits > 2) bonds.push([qubits - 1, 0]);
  return bonds;
}
