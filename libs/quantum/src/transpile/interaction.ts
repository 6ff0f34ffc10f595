import { type Angle, collected, constant, sum } from '../gates/angle.ts';
import { AXES, type Axis } from './pauli-axis.ts';
import type { Entangler } from './target.ts';
import { isAngle, tidied } from './word.ts';

const { PI } = Math;

/**
 * exp(−i/2·(x·X⊗X + y·Y⊗Y + z·Z⊗Z)) on two qubits. Every two-qubit unitary is one of these between one-qubit unitaries (Kraus
 * and Cirac, arXiv:quant-ph/0011050), and the three parts commute, so that interactions in a row add up, symbolic or not. It is
 * the same with the two qubits exchanged.
 */
export type Interaction = Readonly<Record<Axis, Angle>>;

const NONE = constant(0);

/** An interaction with the given angles; the others are 0. */
export const interaction = (angles: Partial<Record<Axis, Angle | number>>): Interaction => {
  const of = (axis: Axis) => {
    const angle = angles[axis] ?? NONE;
    return typeof angle === 'number' ? constant(angle) : angle;
  };
  return { x: of('x'), y: of('y'), z: of('z') };
};

/** The swap of two qubits, up to its phase. */
export const SWAP: Interaction = interaction({ x: PI / 2, y: PI / 2, z: PI / 2 });

/** Two interactions on the same qubits, one after the other. */
export const added = (a: Interaction, b: Interaction): Interaction =>
  interaction(Object.fromEntries(AXES.map((axis) => [axis, sum(a[axis], b[axis])])));

/** The axes whose angles are not 0. */
export const activeAxes = (of: Interaction): Axis[] => AXES.filter((axis) => !isAngle(of[axis], 0));

/** Whether it is a swap, up to Pauli operators on the qubits. */
export const isSwap = (of: Interaction): boolean => AXES.every((axis) => isAngle(of[axis], PI / 2, PI));

/**
 * Angles without symbols in (−π/2, π/2], and the axes of the Pauli operators that are left on both qubits: a rotation by π about
 * P⊗P is P⊗P.
 */
export function reduced(of: Interaction): { readonly interaction: Interaction; readonly paulis: readonly Axis[] } {
  const paulis: Axis[] = [];
  const angles = AXES.map((axis): [Axis, Angle] => {
    const angle = tidied(collected(of[axis]));
    const half = angle.constant > PI / 2 + 1e-11 || angle.constant <= -PI / 2 + 1e-11;
    if (!half) return [axis, angle];
    paulis.push(axis);
    return [axis, tidied(sum(angle, constant(PI)))];
  });
  return { interaction: interaction(Object.fromEntries(angles)), paulis };
}

/** Number of two-qubit gates to which an interaction that is {@link reduced} is translated. */
export function entanglerCount(of: Interaction, entangler: Entangler): number {
  const axes = activeAxes(of);
  const quarters = axes.filter((axis) => isAngle(of[axis], PI / 2)).length;
  if (entangler === 'rzz' || entangler === 'rxx') return axes.length;
  if (entangler === 'iswap') {
    if (axes.length === 3) return quarters >= 2 ? 3 : 4;
    return axes.length === 2 && quarters === 2 ? 1 : 2 * Math.min(axes.length, 1);
  }
  return axes.length === 1 ? 2 - quarters : axes.length;
}
