import { CircuitError } from '../errors.ts';
import type { Observable, PauliTerm } from '../observables/observable.ts';

/** Probabilities of a wrong readout of a qubit. */
export interface ReadoutError {
  /** Probability of reading 1 if the qubit is 0. */
  readonly oneWhenZero: number;
  /** Probability of reading 0 if the qubit is 1. */
  readonly zeroWhenOne: number;
}

/** One error for all qubits, or one for each. */
export type ReadoutErrors = ReadoutError | readonly ReadoutError[];

/** Throws CircuitError unless there is an error for every qubit and each probability lies in [0, 1]. */
export function validateReadout(errors: ReadoutErrors, qubits: number): void {
  if (isList(errors) && errors.length !== qubits) {
    throw new CircuitError(`readout: ${errors.length} errors for ${qubits} qubits; one for each is right`);
  }
  for (const { oneWhenZero, zeroWhenOne } of isList(errors) ? errors : [errors]) {
    for (const value of [oneWhenZero, zeroWhenOne]) {
      if (!(value >= 0 && value <= 1)) throw new CircuitError(`readout: ${value} is not a number from 0 to 1`);
    }
  }
}

/** The distribution of measured outcomes from that of basis states, shape [2ⁿ]: one 2×2 confusion matrix per qubit. */
export function readProbabilities(probabilities: Float64Array, errors: ReadoutErrors): Float64Array {
  const out = probabilities.slice();
  for (let qubit = 0; 1 << qubit < out.length; qubit++) {
    const { oneWhenZero, zeroWhenOne } = errorOf(errors, qubit);
    for (let k = 0; k < out.length; k++) {
      if ((k >> qubit) & 1) continue;
      const [zero, one] = [out[k], out[k | (1 << qubit)]];
      out[k] = (1 - oneWhenZero) * zero + zeroWhenOne * one;
      out[k | (1 << qubit)] = oneWhenZero * zero + (1 - zeroWhenOne) * one;
    }
  }
  return out;
}

/**
 * The observable whose exact expectation is the measured expectation of `observable` when each Pauli string is measured
 * in its own eigenbasis: every letter P becomes a·P + b·1 with a = 1 − p(1|0) − p(0|1) and b = p(0|1) − p(1|0). The map
 * is linear, so that engines and gradients need no knowledge of readout errors.
 */
export const readObservable = (observable: Observable, errors: ReadoutErrors): Observable => ({
  terms: observable.terms.flatMap((term) => readTerm(term, errors)),
});

function readTerm({ coefficient, paulis }: PauliTerm, errors: ReadoutErrors): PauliTerm[] {
  let terms: PauliTerm[] = [{ coefficient, paulis: '' }];
  [...paulis].forEach((letter, qubit) => {
    const { oneWhenZero, zeroWhenOne } = errorOf(errors, qubit);
    const [kept, shifted] = letter === 'I' ? [1, 0] : [1 - oneWhenZero - zeroWhenOne, zeroWhenOne - oneWhenZero];
    terms = terms.flatMap((term) => [
      { coefficient: term.coefficient * kept, paulis: term.paulis + letter },
      ...(shifted === 0 ? [] : [{ coefficient: term.coefficient * shifted, paulis: `${term.paulis}I` }]),
    ]);
  });
  return terms;
}

const isList = (errors: ReadoutErrors): errors is readonly ReadoutError[] => Array.isArray(errors);

const errorOf = (errors: ReadoutErrors, qubit: number): ReadoutError => (isList(errors) ? errors[qubit] : errors);
