import type { Gate } from '@qloom/quantum/circuit.ts';
import type { Angle } from '@qloom/quantum/gates/angle.ts';
import type { GateName } from '@qloom/quantum/gates/gates.ts';

type Step = (qubits: readonly number[], angles: readonly Angle[]) => Gate;

const step =
  (name: GateName, which: number): Step =>
  (qubits, angles) => ({ name, qubits, angles: [angles[which]] });

/**
 * Gates with several angles as products of gates with one angle, in the order of application: each then needs only one
 * sine and cosine. Other gates are computed from their matrices.
 */
const EXPANSIONS: Partial<Record<GateName, readonly Step[]>> = {
  // Rot(φ, θ, ω) = RZ(ω)·RY(θ)·RZ(φ)
  rot: [step('rz', 0), step('ry', 1), step('rz', 2)],
  // U(θ, φ, λ) = P(φ)·RY(θ)·P(λ)
  u: [step('p', 2), step('ry', 0), step('p', 1)],
  cu: [step('cp', 2), step('cry', 0), step('cp', 1)],
};

/** The gates with at most one angle whose product is the gate. */
export function expand(gate: Gate): readonly Gate[] {
  const steps = EXPANSIONS[gate.name];
  return steps ? steps.map((make) => make(gate.qubits, gate.angles)) : [gate];
}
