import type { Angle } from '@qloom/quantum/gates/angle.ts';
import type { AffineMap } from './affine-map.ts';

/** exp(−i·angle/2·Z_mask), where Z_mask is Z on every qubit of `mask`. */
export interface ZString {
  readonly mask: number;
  readonly angle: Angle;
}

/**
 * The operations between two layers of rotations: phases and a permutation, both without arithmetic on pairs of
 * amplitudes.
 */
export interface Link {
  /** Phases before the permutation. */
  readonly before: readonly ZString[];
  /** Moves amplitude k to map(k). */
  readonly map: AffineMap;
  /** Phases after the permutation. */
  readonly after: readonly ZString[];
}

/** RY by `angle` on `qubit`. */
export interface Rotation {
  readonly qubit: number;
  readonly angle: Angle;
}

/** Real rotations, at most one per qubit, followed by a link. */
export interface Layer {
  /** In ascending order of qubits. */
  readonly rotations: readonly Rotation[];
  readonly link: Link;
}

/**
 * A circuit as layers, equal to it up to a global phase. Every layer but the first has rotations; the first has none if
 * amplitudes are prepared.
 */
export interface LayeredCircuit {
  readonly qubits: number;
  readonly layers: readonly Layer[];
}
