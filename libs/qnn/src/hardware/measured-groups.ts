import type { Gate } from '@qloom/quantum/gates/gate.ts';
import { gate } from '@qloom/quantum/gates/gate-algebra.ts';
import type { OutcomeCounts } from '@qloom/quantum/mitigation/readout-correction.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';

/** Pauli strings that commute qubit by qubit, so that one measurement serves them all. */
export interface MeasuredGroup {
  /** Gates after which every string is a product of Z. */
  readonly rotations: readonly Gate[];
  /** Measured qubits, rising; bit j of an outcome is the j-th of them. */
  readonly qubits: readonly number[];
  /** The strings as products of measured qubits, with the observable that each belongs to. */
  readonly strings: readonly {
    readonly observable: number;
    readonly coefficient: number;
    /** Bit j: the j-th measured qubit is a factor. */
    readonly mask: number;
  }[];
}

/** Observables as groups, and the part of each that needs no measurement. */
export interface ObservableGroups {
  readonly groups: readonly MeasuredGroup[];
  /** Sum of the coefficients of the identity in each observable. */
  readonly constants: Float64Array;
}

/** Puts each Pauli string into the first group with which it agrees on every qubit that both act on. */
export function groupObservables(observables: readonly Observable[]): ObservableGroups {
  const constants = new Float64Array(observables.length);
  const bases: string[][] = [];
  const members: { observable: number; coefficient: number; paulis: string }[][] = [];
  observables.forEach(({ terms }, observable) => {
    for (const { coefficient, paulis } of terms) {
      const letters = [...paulis];
      if (letters.every((letter) => letter === 'I')) {
        constants[observable] += coefficient;
        continue;
      }
      const agrees = (basis: readonly string[]) =>
        letters.every((letter, q) => letter === 'I' || (basis[q] ?? 'I') === 'I' || basis[q] === letter);
      let at = bases.findIndex(agrees);
      if (at < 0) at = bases.push([]) - 1;
      letters.forEach((letter, q) => {
        if (letter !== 'I' || bases[at][q] === undefined)
          bases[at][q] = letter === 'I' ? (bases[at][q] ?? 'I') : letter;
      });
      (members[at] ??= []).push({ observable, coefficient, paulis });
    }
  });
  return { groups: bases.map((basis, at) => groupOf(basis, members[at])), constants };
}

function groupOf(
  basis: readonly string[],
  members: readonly { observable: number; coefficient: number; paulis: string }[],
): MeasuredGroup {
  const qubits = basis.flatMap((letter, qubit) => (letter === 'I' ? [] : [qubit]));
  const rotations = qubits.flatMap((qubit) => {
    if (basis[qubit] === 'X') return [gate('h', [qubit])];
    return basis[qubit] === 'Y' ? [gate('sdg', [qubit]), gate('h', [qubit])] : [];
  });
  const strings = members.map(({ observable, coefficient, paulis }) => ({
    observable,
    coefficient,
    mask: qubits.reduce((mask, qubit, j) => ((paulis[qubit] ?? 'I') === 'I' ? mask : mask | (1 << j)), 0),
  }));
  return { rotations, qubits, strings };
}

/** The values that stand for the outcomes 0 and 1 of a qubit: [1, −1], or corrected for readout errors. */
export type QubitSigns = readonly [number, number];

/** What one measurement says about a group's part of the observables. */
export interface Moments {
  readonly shots: number;
  /** Shape [observables]. */
  readonly mean: Float64Array;
  /** Covariance of one shot, unbiased, shape [observables, observables]; 0 where there is one shot. */
  readonly covariance: Float64Array;
}

/** Means and covariances of the observables' parts over shots. `signs` has one entry for each measured qubit. */
export function momentsOf(
  { strings }: MeasuredGroup,
  observables: number,
  signs: readonly QubitSigns[],
  counts: OutcomeCounts,
): Moments {
  const mean = new Float64Array(observables);
  const covariance = new Float64Array(observables ** 2);
  const values = new Float64Array(observables);
  let shots = 0;
  for (const [outcome, count] of counts) {
    values.fill(0);
    for (const { observable, coefficient, mask } of strings) {
      let product = coefficient;
      signs.forEach((sign, j) => {
        if ((mask >> j) & 1) product *= sign[(outcome >> j) & 1];
      });
      values[observable] += product;
    }
    shots += count;
    for (let a = 0; a < observables; a++) {
      mean[a] += count * values[a];
      for (let b = 0; b < observables; b++) covariance[a * observables + b] += count * values[a] * values[b];
    }
  }
  for (let a = 0; a < observables; a++) mean[a] /= shots;
  for (let a = 0; a < observables; a++) {
    for (let b = 0; b < observables; b++) {
      const at = a * observables + b;
      covariance[at] = shots > 1 ? (covariance[at] - shots * mean[a] * mean[b]) / (shots - 1) : 0;
    }
  }
  return { shots, mean, covariance };
}
