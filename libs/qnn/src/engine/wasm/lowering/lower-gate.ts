import type { Gate } from '@qloom/quantum/circuit.ts';
import { type Angle, constant, scaled, sum } from '@qloom/quantum/gates/angle.ts';
import type { GateName } from '@qloom/quantum/gates/gates.ts';

/** The three operations into which every gate is decomposed. */
export interface Primitives {
  /** RY. */
  ry(qubit: number, angle: Angle): void;
  /** exp(−i·angle/2·Z⊗…⊗Z) on the qubits. */
  phase(qubits: readonly number[], angle: Angle): void;
  /** X on `target`, or CNOT if there is a control. */
  flip(target: number, control?: number): void;
}

type Rule = (to: Primitives, qubits: readonly number[], angles: readonly Angle[]) => void;

const HALF_TURN = constant(Math.PI / 2);
const BACK = constant(-Math.PI / 2);

const phase =
  (angle?: number): Rule =>
  (to, [q], [given]) =>
    to.phase([q], angle === undefined ? given : constant(angle));

/** RX(a) = RZ(−π/2)·RY(a)·RZ(π/2). */
const rx = (to: Primitives, q: number, angle: Angle) => {
  to.phase([q], HALF_TURN);
  to.ry(q, angle);
  to.phase([q], BACK);
};

/** H = RY(π/2)·Z. */
const hadamard = (to: Primitives, q: number) => {
  to.phase([q], constant(Math.PI));
  to.ry(q, HALF_TURN);
};

/** RZ(ω)·RY(θ)·RZ(φ). */
const zyz = (to: Primitives, q: number, phi: Angle, theta: Angle, omega: Angle) => {
  to.phase([q], phi);
  to.ry(q, theta);
  to.phase([q], omega);
};

/** e^{iλ} if all m qubits are one: b₁…b_m = Σ_S (−1)^|S|·Z_S/2^m over the subsets S. */
const allOnesPhase = (to: Primitives, qubits: readonly number[], lambda: Angle) => {
  const m = qubits.length;
  for (let subset = 1; subset < 1 << m; subset++) {
    const on = qubits.filter((_, i) => (subset >> i) & 1);
    to.phase(on, scaled(lambda, (on.length % 2 === 1 ? 2 : -2) / 2 ** m));
  }
};

const controlledZ = (to: Primitives, qubits: readonly number[]) => allOnesPhase(to, qubits, constant(Math.PI));

/** exp(−i·a/2·P): letters other than Z by a change of basis, RY(π/2)·Z·RY(−π/2) = X and RX(−π/2)·Z·RX(π/2) = Y. */
const pauliRotation =
  (letters: string): Rule =>
  (to, qubits, [angle]) => {
    qubits.forEach((q, i) => {
      if (letters[i] === 'X') to.ry(q, BACK);
      if (letters[i] === 'Y') rx(to, q, HALF_TURN);
    });
    to.phase(qubits, angle);
    qubits.forEach((q, i) => {
      if (letters[i] === 'X') to.ry(q, HALF_TURN);
      if (letters[i] === 'Y') rx(to, q, BACK);
    });
  };

/** CRY(a) = CNOT·RY(−a/2)·CNOT·RY(a/2). */
const cry: Rule = (to, [control, target], [angle]) => {
  to.ry(target, scaled(angle, 0.5));
  to.flip(target, control);
  to.ry(target, scaled(angle, -0.5));
  to.flip(target, control);
};

/** CRX(a): as CRY, between RZ(±π/2), with CZ instead of CNOT, which commutes with them. */
const crx: Rule = (to, [control, target], [angle]) => {
  to.phase([target], HALF_TURN);
  to.ry(target, scaled(angle, 0.5));
  controlledZ(to, [control, target]);
  to.ry(target, scaled(angle, -0.5));
  controlledZ(to, [control, target]);
  to.phase([target], BACK);
};

const crz: Rule = (to, [control, target], [angle]) => {
  to.phase([target], scaled(angle, 0.5));
  to.phase([control, target], scaled(angle, -0.5));
};

const swap = (to: Primitives, a: number, b: number) => {
  to.flip(a, b);
  to.flip(b, a);
  to.flip(a, b);
};

const toffoli = (to: Primitives, qubits: readonly number[]) => {
  const target = qubits[qubits.length - 1];
  hadamard(to, target);
  controlledZ(to, qubits);
  hadamard(to, target);
};

const RULES: Record<GateName, Rule> = {
  id: () => {},
  x: (to, [q]) => to.flip(q),
  y: (to, [q]) => {
    to.phase([q], constant(Math.PI));
    to.flip(q);
  },
  z: phase(Math.PI),
  h: (to, [q]) => hadamard(to, q),
  s: phase(Math.PI / 2),
  sdg: phase(-Math.PI / 2),
  t: phase(Math.PI / 4),
  tdg: phase(-Math.PI / 4),
  sx: (to, [q]) => rx(to, q, HALF_TURN),
  sxdg: (to, [q]) => rx(to, q, BACK),
  p: phase(),
  rx: (to, [q], [angle]) => rx(to, q, angle),
  ry: (to, [q], [angle]) => to.ry(q, angle),
  rz: phase(),
  rot: (to, [q], [phi, theta, omega]) => zyz(to, q, phi, theta, omega),
  u: (to, [q], [theta, phi, lambda]) => zyz(to, q, lambda, theta, phi),
  cx: (to, [control, target]) => to.flip(target, control),
  cy: (to, [control, target]) => {
    to.phase([target], BACK);
    to.flip(target, control);
    to.phase([target], HALF_TURN);
  },
  cz: controlledZ,
  // H = RY(π/4)·Z·RY(−π/4).
  ch: (to, [control, target]) => {
    to.ry(target, constant(-Math.PI / 4));
    controlledZ(to, [control, target]);
    to.ry(target, constant(Math.PI / 4));
  },
  // √X = H·S·H.
  csx: (to, qubits) => {
    hadamard(to, qubits[1]);
    allOnesPhase(to, qubits, HALF_TURN);
    hadamard(to, qubits[1]);
  },
  swap: (to, [a, b]) => swap(to, a, b),
  // iSWAP = SWAP·CZ·(S ⊗ S).
  iswap: (to, [a, b]) => {
    to.phase([a], HALF_TURN);
    to.phase([b], HALF_TURN);
    controlledZ(to, [a, b]);
    swap(to, a, b);
  },
  cp: (to, qubits, [lambda]) => allOnesPhase(to, qubits, lambda),
  crx,
  cry,
  crz,
  // U(θ, φ, λ) = e^{i(φ+λ)/2}·RZ(φ)·RY(θ)·RZ(λ).
  cu: (to, qubits, [theta, phi, lambda]) => {
    to.phase([qubits[0]], scaled(sum(phi, lambda), 0.5));
    crz(to, qubits, [lambda]);
    cry(to, qubits, [theta]);
    crz(to, qubits, [phi]);
  },
  rxx: pauliRotation('XX'),
  ryy: pauliRotation('YY'),
  rzz: pauliRotation('ZZ'),
  ccx: toffoli,
  ccz: controlledZ,
  cswap: (to, [control, a, b]) => {
    to.flip(a, b);
    toffoli(to, [control, a, b]);
    to.flip(a, b);
  },
};

/** Writes one gate as real rotations, phases and flips, up to a global phase. */
export function lowerGate(gate: Gate, to: Primitives): void {
  RULES[gate.name](to, gate.qubits, gate.angles);
}
