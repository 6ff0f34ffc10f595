import type { Angle } from '@qloom/quantum/angle.ts';
import type { Quaternion } from './quaternion.ts';

/** A factor of a qubit's rotation: about an axis by the angle in a slot, or a constant. */
export type Factor =
  | { readonly kind: 'axis'; readonly axis: 0 | 1 | 2; readonly slot: number }
  | { readonly kind: 'constant'; readonly value: Quaternion };

/** All one-qubit gates that follow one another on a qubit, the first gate first. They run as one 2×2 unitary. */
export interface Rotation {
  readonly qubit: number;
  readonly factors: readonly Factor[];
}

/** What comes after a stage's rotations. */
export type Link =
  /** Moves amplitudes: out[k] = sign[k]·in[source[k]]. All CX, CZ, SWAP, CCX … that follow one another are one. */
  | { readonly kind: 'monomial'; readonly source: Int32Array; readonly sign: Float64Array }
  /** exp(−i·angle/2·P) for a Pauli string P over two qubits or more, by its masks (observable.ts of @qloom/quantum). */
  | { readonly kind: 'pauli'; readonly x: number; readonly z: number; readonly ys: number; readonly slot: number };

/** Rotations on different qubits, then a link. */
export interface Stage {
  readonly rotations: readonly Rotation[];
  readonly link: Link | null;
}

/** A circuit lowered to stages, equal to it up to a global phase. */
export interface Program {
  readonly qubits: number;
  /** Every angle that a factor or a Pauli link names. */
  readonly slots: readonly Angle[];
  readonly stages: readonly Stage[];
}
