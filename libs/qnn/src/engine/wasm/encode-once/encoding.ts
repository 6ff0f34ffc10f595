import type { Structure } from '../lowering/structure.ts';

/**
 * The encoding of a circuit U(θ)·E(x)|0…0⟩ that encodes once; E(x)|0…0⟩ is real.
 * - 'rotations': RY(x) on some qubits of |0…0⟩, before all trainable gates; `slots` are the slots of these rotations,
 *   in ascending order of qubits.
 * - 'amplitudes': the circuit starts from `count` inputs as amplitudes.
 */
export type Encoding =
  | { readonly kind: 'rotations'; readonly slots: readonly number[] }
  | { readonly kind: 'amplitudes'; readonly count: number };

/**
 * The encoding of a circuit that encodes once, or null. It is null if there are no inputs, if both amplitudes and
 * angles are encoded, if an input is multiplied by a parameter, or if an input is in a gate other than RY on |0…0⟩
 * after gates have moved to the front as far as they commute.
 */
export function findEncoding({ circuit, slots, layers }: Structure): Encoding | null {
  const encoded = slots.flatMap(({ angle }, slot) => (angle.terms.some((term) => term.input !== null) ? [slot] : []));
  if (circuit.preparation)
    return encoded.length === 0 ? { kind: 'amplitudes', count: circuit.preparation.inputs } : null;
  const begins = encoded.every(
    (slot) =>
      slot < layers[0].qubits.length &&
      slots[slot].angle.terms.every((term) => term.input === null || term.parameter === null),
  );
  return begins && encoded.length > 0 ? { kind: 'rotations', slots: encoded } : null;
}

/** Sizes of the data that replace U(θ) for a batch. */
export interface EncodingSize {
  /** Number of basis states of the encoded qubits: the columns of U(θ) that the inputs use. */
  readonly columns: number;
  /** Rows of a square matrix over columns: the number of columns, rounded up to a power of two. */
  readonly order: number;
  /**
   * Number of moments of a row, in which every expectation is linear. For rotations: ⟨P⟩ of the strings P of I, Z and X
   * on the encoded qubits, products of 1, cos x and sin x; 3 to the power of the number of qubits. For amplitudes:
   * ψ_i·ψ_j with i ≤ j.
   */
  readonly moments: number;
}

/** The sizes of an encoding. */
export function encodingSize(encoding: Encoding): EncodingSize {
  if (encoding.kind === 'rotations') {
    const columns = 2 ** encoding.slots.length;
    return { columns, order: columns, moments: 3 ** encoding.slots.length };
  }
  const { count } = encoding;
  return { columns: count, order: 2 ** Math.ceil(Math.log2(count)), moments: (count * (count + 1)) / 2 };
}
