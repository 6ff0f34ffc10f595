import { CircuitError } from '../errors.ts';
import { type Angle, constant, scaled } from './angle.ts';
import type { Gate } from './gate.ts';
import { gate, multiControlledPhase, multiControlledSqrtX, multiControlledX } from './gate-algebra.ts';
import { GATES, type GateName, isGateName } from './gates.ts';
import { pauliRotationGates } from './pauli-rotation.ts';

/**
 * A gate that is decomposed into gates of the table GATES, exactly: its global phase is correct, so it may be
 * controlled.
 */
export interface ComposedGate {
  readonly qubits: number;
  readonly angles: number;
  /** The gates in the order of time. */
  expand(qubits: readonly number[], angles: readonly Angle[]): Gate[];
}

const { PI } = Math;

const alias = (name: GateName): ComposedGate => ({
  qubits: GATES[name].qubits,
  angles: GATES[name].angles,
  expand: (qubits, angles) => [{ name, qubits, angles }],
});

const composed = (
  qubits: number,
  angles: number,
  expand: (qubits: readonly number[], angles: readonly Angle[]) => Gate[],
): ComposedGate => ({ qubits, angles, expand });

/**
 * Relative-phase Toffoli (Maslov, "Advantages of using relative-phase Toffoli gates", arXiv:1508.03273), as in qelib1.
 */
const rccx = composed(3, 0, ([a, b, c]) => [
  gate('h', [c]),
  gate('t', [c]),
  gate('cx', [b, c]),
  gate('tdg', [c]),
  gate('cx', [a, c]),
  gate('t', [c]),
  gate('cx', [b, c]),
  gate('tdg', [c]),
  gate('h', [c]),
]);

/** Relative-phase Toffoli with three controls, as in qelib1; `u2(0, π)` there is H. */
const rc3x = composed(4, 0, ([a, b, c, d]) => {
  const half = [gate('h', [d]), gate('t', [d]), gate('cx', [c, d]), gate('tdg', [d]), gate('h', [d])];
  const middle = [a, b, a, b].flatMap((q, i) => [gate('cx', [q, d]), gate(i % 2 === 0 ? 't' : 'tdg', [d])]);
  return [...half, ...middle, ...half];
});

/**
 * PennyLane's SingleExcitation(φ): a Givens rotation of |01⟩ and |10⟩ (first qubit written first),
 * |10⟩ ↦ cos(φ/2)|10⟩ − sin(φ/2)|01⟩ with q₀ q₁ = 1 0. It is exp(−i·φ/4·(Y⊗X − X⊗Y)).
 */
const singleExcitation = composed(2, 1, ([a, b], [phi]) => [
  gate('s', [b]),
  gate('rxx', [a, b], scaled(phi, 0.5)),
  gate('ryy', [a, b], scaled(phi, 0.5)),
  gate('sdg', [b]),
]);

/** The eight commuting Pauli strings of a double excitation, and their signs. */
const DOUBLE_EXCITATION: readonly (readonly [string, 1 | -1])[] = [
  ['XXXY', -1],
  ['XXYX', -1],
  ['XYXX', 1],
  ['YXXX', 1],
  ['XYYY', -1],
  ['YXYY', -1],
  ['YYXY', 1],
  ['YYYX', 1],
];

/**
 * PennyLane's DoubleExcitation(φ): a Givens rotation of |0011⟩ and |1100⟩ (qubits in the order given, first written first),
 * |1100⟩ ↦ cos(φ/2)|1100⟩ − sin(φ/2)|0011⟩, as exponentials of eight commuting Pauli strings by φ/8 each.
 */
const doubleExcitation = composed(4, 1, (qubits, [phi]) =>
  DOUBLE_EXCITATION.flatMap(([letters, sign]) => pauliRotationGates(letters, qubits, scaled(phi, sign / 8))),
);

/**
 * The other gates of qelib1 and stdgates, aliases, and further gates of Qiskit and PennyLane, by name.
 * `CircuitBuilder.gate` accepts these names and appends their decompositions, so that engines implement only GATES; the
 * derivative with respect to each angle and its shift rule are the sums over the parts by the chain rule.
 */
export const COMPOSED_GATES = {
  /** qelib1's idle gate; its angle, a duration, has no effect. */
  u0: composed(1, 1, () => []),
  u1: alias('p'),
  u2: composed(1, 2, (qubits, [phi, lambda]) => [gate('u', qubits, PI / 2, phi, lambda)]),
  u3: alias('u'),
  phase: alias('p'),
  cphase: alias('cp'),
  cu1: alias('cp'),
  cu3: alias('cu'),
  /** cu of OpenQASM, with its fourth angle: the controlled e^{iγ}·U(θ, φ, λ). */
  cu4: composed(2, 4, (qubits, [theta, phi, lambda, gamma]) => [
    gate('p', [qubits[0]], gamma),
    gate('cu', qubits, theta, phi, lambda),
  ]),
  CX: alias('cx'),
  cnot: alias('cx'),
  cs: composed(2, 0, (qubits) => [gate('cp', qubits, PI / 2)]),
  csdg: composed(2, 0, (qubits) => [gate('cp', qubits, -PI / 2)]),
  crot: composed(2, 3, (qubits, [phi, theta, omega]) => [
    gate('crz', qubits, phi),
    gate('cry', qubits, theta),
    gate('crz', qubits, omega),
  ]),
  /** Qiskit's r: a rotation by θ about cos φ·X + sin φ·Y. */
  r: composed(1, 2, (qubits, [theta, phi]) => [
    gate('rz', qubits, scaled(phi, -1)),
    gate('rx', qubits, theta),
    gate('rz', qubits, phi),
  ]),
  /** exp(−i·angle/2·Z⊗X), Z on the first qubit. */
  rzx: composed(2, 1, (qubits, [angle]) => [
    gate('h', [qubits[1]]),
    gate('rzz', qubits, angle),
    gate('h', [qubits[1]]),
  ]),
  dcx: composed(2, 0, ([a, b]) => [gate('cx', [a, b]), gate('cx', [b, a])]),
  /** Echoed cross-resonance: rzx(π/4), X on the first, rzx(−π/4). */
  ecr: composed(2, 0, ([a, b]) => [
    gate('h', [b]),
    gate('rzz', [a, b], PI / 4),
    gate('x', [a]),
    gate('rzz', [a, b], -PI / 4),
    gate('h', [b]),
  ]),
  c3x: composed(4, 0, multiControlledX),
  c4x: composed(5, 0, multiControlledX),
  c3sqrtx: composed(4, 0, multiControlledSqrtX),
  ccp: composed(3, 1, (qubits, [angle]) => multiControlledPhase(qubits, angle)),
  c3p: composed(4, 1, (qubits, [angle]) => multiControlledPhase(qubits, angle)),
  c3z: composed(4, 0, (qubits) => multiControlledPhase(qubits, constant(PI))),
  rccx,
  rc3x,
  single_excitation: singleExcitation,
  double_excitation: doubleExcitation,
} as const satisfies Record<string, ComposedGate>;

/** One of {@link COMPOSED_GATES}. */
export type ComposedGateName = keyof typeof COMPOSED_GATES;

/** Any gate that a builder accepts. */
export type LibraryGateName = GateName | ComposedGateName;

/** Whether `name` is a gate of either table. */
export const isLibraryGateName = (name: string): name is LibraryGateName =>
  isGateName(name) || Object.hasOwn(COMPOSED_GATES, name);

/** The numbers of qubits and angles of a gate. */
export const gateSize = (name: LibraryGateName): { readonly qubits: number; readonly angles: number } =>
  isGateName(name) ? GATES[name] : COMPOSED_GATES[name];

/**
 * Decomposes a gate of the library into gates of the table GATES. Throws CircuitError when the number of qubits or
 * angles does not fit.
 */
export function expandGate(name: LibraryGateName, qubits: readonly number[], angles: readonly Angle[]): Gate[] {
  const size = gateSize(name);
  if (qubits.length !== size.qubits) {
    throw new CircuitError(`${name}: acts on ${qubits.length} qubits; ${size.qubits} are right`);
  }
  if (angles.length !== size.angles) {
    throw new CircuitError(`${name}: has ${angles.length} angles; ${size.angles} are right`);
  }
  return isGateName(name) ? [{ name, qubits, angles }] : COMPOSED_GATES[name].expand(qubits, angles);
}
