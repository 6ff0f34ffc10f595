import type { CircuitBuilder } from '../circuit.ts';
import { parameter } from '../gates/angle.ts';
import { gateSize } from '../gates/gate-library.ts';
import { type Entanglement, entanglingPairs } from './entanglement.ts';

/** One-qubit gates that a rotation block may have. */
export const ROTATION_GATES = ['rx', 'ry', 'rz', 'p', 'h', 'x', 'sx', 's', 't'] as const;
/** Two-qubit gates that an entangling block may have. Gates with an angle have one parameter per pair. */
export const ENTANGLING_GATES = [
  'cx',
  'cy',
  'cz',
  'ch',
  'swap',
  'crx',
  'cry',
  'crz',
  'cp',
  'rxx',
  'ryy',
  'rzz',
] as const;

/** One of {@link ROTATION_GATES}. */
export type RotationGate = (typeof ROTATION_GATES)[number];
/** One of {@link ENTANGLING_GATES}. */
export type EntanglingGate = (typeof ENTANGLING_GATES)[number];

/** Blocks of a two-local circuit. */
export interface TwoLocalOptions {
  /** Gates of a rotation block; each is applied to every qubit before the next gate. */
  readonly rotations: readonly RotationGate[];
  /** Gates of an entangling block; each is applied to every pair before the next gate. */
  readonly entanglers: readonly EntanglingGate[];
  readonly entanglement: Entanglement;
}

/** A rotation block: each gate on every qubit, with a new parameter for every gate that has an angle. */
export function rotationBlock(builder: CircuitBuilder, rotations: readonly RotationGate[]): void {
  for (const name of rotations) {
    for (let qubit = 0; qubit < builder.qubits; qubit++) addTrainable(builder, name, [qubit]);
  }
}

/**
 * One repetition of Qiskit's `n_local` (TwoLocal): a rotation block, then an entangling block. EfficientSU2 has RY and
 * RZ with CX, RealAmplitudes has RY with CX; both use `reverse_linear`. The ansatz ends in one more
 * {@link rotationBlock}. `layer` counts from 0 and determines the shift of `sca`.
 */
export function twoLocalLayer(builder: CircuitBuilder, layer: number, options: TwoLocalOptions): void {
  rotationBlock(builder, options.rotations);
  for (const name of options.entanglers) {
    for (const pair of entanglingPairs(options.entanglement, builder.qubits, layer)) addTrainable(builder, name, pair);
  }
}

function addTrainable(builder: CircuitBuilder, name: RotationGate | EntanglingGate, qubits: readonly number[]): void {
  const angles = Array.from({ length: gateSize(name).angles }, () => parameter(builder.parameter()));
  builder.gate(name, qubits, ...angles);
}
