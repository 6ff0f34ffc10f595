import { type Angle, constant, scaled, sum } from '@qloom/quantum/angle.ts';
import type { Gate } from '@qloom/quantum/circuit.ts';
import type { GateName } from '@qloom/quantum/gates.ts';

/** A rotation axis: X, Y, Z. */
export type AxisIndex = 0 | 1 | 2;

/** One-qubit gates without an angle. */
export type FixedGate = 'x' | 'y' | 'z' | 'h' | 's' | 'sdg' | 't' | 'tdg' | 'sx' | 'sxdg';

/** The operations that gates are lowered to. */
export interface Lowering {
  /** exp(−i·angle/2·P) on one qubit. */
  rotate(qubit: number, axis: AxisIndex, angle: Angle): void;
  /** A constant one-qubit gate. */
  fixed(qubit: number, name: FixedGate): void;
  /** A signed permutation: |k⟩ ↦ sign·|to⟩. */
  move(gate: (basis: number) => { to: number; sign: 1 | -1 }): void;
  /** exp(−i·angle/2·P) for the Pauli string of `letters` on `qubits`. */
  paulis(letters: string, qubits: readonly number[], angle: Angle): void;
}

const X = 0;
const Y = 1;
const Z = 2;

type Rule = (to: Lowering, qubits: readonly number[], angles: readonly Angle[]) => void;

const bit = (k: number, qubit: number) => (k >> qubit) & 1;

const fixedRule =
  (name: FixedGate): Rule =>
  (to, [q]) =>
    to.fixed(q, name);

const rotation =
  (axis: AxisIndex): Rule =>
  (to, [q], [angle]) =>
    to.rotate(q, axis, angle);

const pauliRule =
  (letters: string): Rule =>
  (to, qubits, [angle]) =>
    to.paulis(letters, qubits, angle);

/** X on the last qubit where all others are one. */
const flip: Rule = (to, qubits) => {
  const controls = qubits.slice(0, -1);
  const target = 1 << qubits[qubits.length - 1];
  to.move((k) => ({ to: controls.every((q) => bit(k, q)) ? k ^ target : k, sign: 1 }));
};

/** −1 where all qubits are one. */
const negate: Rule = (to, qubits) => to.move((k) => ({ to: k, sign: qubits.every((q) => bit(k, q)) ? -1 : 1 }));

const exchange = (to: Lowering, a: number, b: number, control?: number) =>
  to.move((k) => {
    const differ = bit(k, a) !== bit(k, b) && (control === undefined || bit(k, control));
    return { to: differ ? k ^ (1 << a) ^ (1 << b) : k, sign: 1 };
  });

/** CR_P(a) = R_P(a/2) on the target, then exp(+i·a/4·Z⊗P). */
const controlledRotation =
  (axis: AxisIndex): Rule =>
  (to, [control, target], [angle]) => {
    to.rotate(target, axis, scaled(angle, 0.5));
    to.paulis(`Z${'XYZ'[axis]}`, [control, target], scaled(angle, -0.5));
  };

/** diag(1, 1, 1, e^{ia}) up to a phase: RZ(a/2) on the control, then CRZ(a). */
const controlledPhase: Rule = (to, qubits, [angle]) => {
  to.rotate(qubits[0], Z, scaled(angle, 0.5));
  controlledRotation(Z)(to, qubits, [angle]);
};

const RULES: Record<GateName, Rule> = {
  id: () => {},
  x: fixedRule('x'),
  y: fixedRule('y'),
  z: fixedRule('z'),
  h: fixedRule('h'),
  s: fixedRule('s'),
  sdg: fixedRule('sdg'),
  t: fixedRule('t'),
  tdg: fixedRule('tdg'),
  sx: fixedRule('sx'),
  sxdg: fixedRule('sxdg'),
  p: rotation(Z),
  rx: rotation(X),
  ry: rotation(Y),
  rz: rotation(Z),
  rot: (to, [q], [phi, theta, omega]) => {
    to.rotate(q, Z, phi);
    to.rotate(q, Y, theta);
    to.rotate(q, Z, omega);
  },
  u: (to, [q], [theta, phi, lambda]) => {
    to.rotate(q, Z, lambda);
    to.rotate(q, Y, theta);
    to.rotate(q, Z, phi);
  },
  cx: flip,
  ccx: flip,
  cz: negate,
  ccz: negate,
  cy: (to, qubits, angles) => {
    to.fixed(qubits[1], 'sdg');
    flip(to, qubits, angles);
    to.fixed(qubits[1], 's');
  },
  // H = RY(π/4)·Z·RY(−π/4).
  ch: (to, qubits, angles) => {
    to.rotate(qubits[1], Y, constant(-Math.PI / 4));
    negate(to, qubits, angles);
    to.rotate(qubits[1], Y, constant(Math.PI / 4));
  },
  // √X = H·S·H.
  csx: (to, qubits) => {
    to.fixed(qubits[1], 'h');
    controlledPhase(to, qubits, [constant(Math.PI / 2)]);
    to.fixed(qubits[1], 'h');
  },
  swap: (to, [a, b]) => exchange(to, a, b),
  cswap: (to, [control, a, b]) => exchange(to, a, b, control),
  // exp(iπ/4·(XX + YY)).
  iswap: (to, qubits) => {
    to.paulis('XX', qubits, constant(-Math.PI / 2));
    to.paulis('YY', qubits, constant(-Math.PI / 2));
  },
  rxx: pauliRule('XX'),
  ryy: pauliRule('YY'),
  rzz: pauliRule('ZZ'),
  cp: controlledPhase,
  crx: controlledRotation(X),
  cry: controlledRotation(Y),
  crz: controlledRotation(Z),
  // U(θ, φ, λ) = e^{i(φ+λ)/2}·RZ(φ)·RY(θ)·RZ(λ).
  cu: (to, qubits, [theta, phi, lambda]) => {
    to.rotate(qubits[0], Z, scaled(sum(phi, lambda), 0.5));
    controlledRotation(Z)(to, qubits, [lambda]);
    controlledRotation(Y)(to, qubits, [theta]);
    controlledRotation(Z)(to, qubits, [phi]);
  },
};

/** Lowers one gate, up to a global phase. */
export function lowerGate(gate: Gate, to: Lowering): void {
  RULES[gate.name](to, gate.qubits, gate.angles);
}
