import { quoted } from '@qloom/tensor/quoted.ts';
import { checkQubits } from '../circuit.ts';
import { CircuitError } from '../errors.ts';
import { type Observable, type PauliTerm, validateObservable } from './observable.ts';

const NUMBER = String.raw`\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?`;
const TERM = new RegExp(String.raw`^([+-])?\s*(?:(${NUMBER})(?:\s*\*\s*|\s*$|\s+(?=[+-])))?((?:[XYZ]\d+\s*|I\s*)*)`);

/** Maximum number of characters of an observable. */
export const MAX_TEXT = 2 ** 20;

/** Maximum number of terms of an observable. */
export const MAX_TERMS = 20_000;

/**
 * Reads a sum of weighted Pauli strings: `Z0`, `X0 X1`, `0.5*Z0 Z1 - 1.2*X0 + 3`. Qubits count from 0, a number alone is a
 * multiple of the identity. Throws CircuitError where the text or a qubit is wrong, and
 * CircuitTooLargeError above 20 qubits.
 */
export function parseObservable(text: string, qubits: number): Observable {
  checkQubits(qubits);
  if (text.length > MAX_TEXT) {
    throw new CircuitError(`observable ${quoted(text, "'")}: ${text.length} characters; at most ${MAX_TEXT} are right`);
  }
  const terms: PauliTerm[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = TERM.exec(rest);
    const [whole, sign, number, letters] = match ?? [''];
    const signed = terms.length === 0 || sign !== undefined;
    if (!match || !signed || (number === undefined && letters === '')) {
      throw new CircuitError(
        `observable ${quoted(text, "'")}: ${quoted(rest, "'")} is not a term such as 'Z0' or '- 1.2*X0 X1'`,
      );
    }
    if (terms.length === MAX_TERMS) {
      throw new CircuitError(
        `observable ${quoted(text, "'")}: more than ${MAX_TERMS} terms; at most ${MAX_TERMS} are right`,
      );
    }
    terms.push({ coefficient: Number(`${sign ?? ''}${number ?? 1}`), paulis: stringOf(letters, qubits, text) });
    rest = rest.slice(whole.length).trim();
  }
  const observable = { terms };
  validateObservable(observable, qubits, `observable ${quoted(text, "'")}`);
  return observable;
}

function stringOf(letters: string, qubits: number, text: string): string {
  const string = new Array<string>(qubits).fill('I');
  for (const [, letter, index] of letters.matchAll(/([XYZ])(\d+)/g)) {
    const qubit = Number(index);
    if (qubit >= qubits) {
      throw new CircuitError(`observable ${quoted(text, "'")}: qubit ${qubit} is not one of 0 … ${qubits - 1}`);
    }
    if (string[qubit] !== 'I')
      throw new CircuitError(`observable ${quoted(text, "'")}: qubit ${qubit} is twice in one term`);
    string[qubit] = letter;
  }
  return string.join('');
}
