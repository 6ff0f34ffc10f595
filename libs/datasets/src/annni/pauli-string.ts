import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { quoted } from '@qloom/tensor/quoted.ts';

/** A product of Pauli operators on distinct qubits, as the bit masks of the qubits on which each letter acts. */
export interface PauliString {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * Reads `Z3`, `X3X4`, `X0 Y2 Z5`: a letter of X, Y, Z and a qubit counted from 0, once a qubit.
 * Throws DatasetError on any other text or on a qubit outside 0 … qubits − 1.
 */
export function parsePauliString(text: string, qubits: number, field = 'observables'): PauliString {
  const compact = text.replaceAll(/\s+/g, '');
  if (!/^([XYZ]\d+)+$/.test(compact)) {
    throw new DatasetError(
      field,
      `${field}: ${quoted(text, "'")} is no Pauli string; write letters X, Y, Z with qubits, like X3X4`,
    );
  }
  const masks = { X: 0, Y: 0, Z: 0 };
  let seen = 0;
  for (const [, letter, digits] of compact.matchAll(/([XYZ])(\d+)/g)) {
    const qubit = Number(digits);
    if (qubit >= qubits) {
      throw new DatasetError(
        field,
        `${field}: ${quoted(text, "'")} names qubit ${qubit}; there are ${qubits}, 0 to ${qubits - 1}`,
      );
    }
    if (seen & (1 << qubit))
      throw new DatasetError(field, `${field}: ${quoted(text, "'")} names qubit ${qubit} twice; name it once`);
    seen |= 1 << qubit;
    masks[letter as 'X' | 'Y' | 'Z'] |= 1 << qubit;
  }
  return { text: compact, x: masks.X, y: masks.Y, z: masks.Z };
}

function parity(word: number): number {
  let bits = word;
  bits ^= bits >>> 16;
  bits ^= bits >>> 8;
  bits ^= bits >>> 4;
  bits ^= bits >>> 2;
  bits ^= bits >>> 1;
  return bits & 1;
}

/** Whether two strings anticommute: then ⟨P⟩² + ⟨Q⟩² ≤ 1 in every state. */
export function anticommute(a: PauliString, b: PauliString): boolean {
  return (parity((a.x | a.y) & (b.z | b.y)) ^ parity((a.z | a.y) & (b.x | b.y))) === 1;
}

/**
 * ⟨ψ|P|ψ⟩ of a real state given in the **X basis** (bit i of the index is 1 where X_i = −1), shape [2^qubits]. There
 * X is diagonal, Z flips a bit, and Y is i times both: a string with an odd number of Y has expectation 0.
 */
export function expectationInXBasis(state: Float64Array, pauli: PauliString): number {
  const flips = pauli.z | pauli.y;
  const signs = pauli.x | pauli.y;
  let ys = 0;
  for (let mask = pauli.y; mask !== 0; mask &= mask - 1) ys++;
  if (ys % 2 === 1) return 0;
  let sum = 0;
  for (let s = 0; s < state.length; s++) {
    const product = state[s] * state[s ^ flips];
    sum += parity(s & signs) ? -product : product;
  }
  return (ys / 2) % 2 === 1 ? -sum : sum;
}
