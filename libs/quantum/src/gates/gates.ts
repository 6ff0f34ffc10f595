import { controlled, derivativeByHalfTurn, fixed, type Matrix, matrix, multiply, pauliRotation } from './matrix.ts';

/** Definition of a gate: its numbers of qubits and angles, its unitary, and the unitary's derivatives. */
export interface GateDefinition {
  /** Number of qubits; controls are listed first. */
  readonly qubits: number;
  /** Number of angles, in radians. */
  readonly angles: number;
  /** The unitary; bit j of a row's or column's index belongs to the gate's j-th qubit. */
  matrix(angles: readonly number[]): Matrix;
  /** ∂U/∂angles[which]. */
  derivative(angles: readonly number[], which: number): Matrix;
}

const { cos, sin, SQRT1_2 } = Math;

const constantGate = (qubits: number, value: Matrix): GateDefinition => ({
  qubits,
  angles: 0,
  matrix: () => value,
  derivative: () => {
    throw new RangeError('a gate without angles has no derivative');
  },
});

/** exp(−i·angle/2·P) for a Pauli string P: U′(a) = ½·U(a + π). */
const rotationGate = (pauli: string): GateDefinition => {
  const unitary = (angles: readonly number[]) => pauliRotation(pauli, angles[0]);
  return { qubits: pauli.length, angles: 1, matrix: unitary, derivative: derivativeByHalfTurn(unitary) };
};

/** diag(1, e^{iλ}). */
const phaseGate: GateDefinition = {
  qubits: 1,
  angles: 1,
  matrix: ([a]) => matrix(2, [1, 0, 0, 0, 0, 0, cos(a), sin(a)]),
  derivative: ([a]) => matrix(2, [0, 0, 0, 0, 0, 0, -sin(a), cos(a)]),
};

/** OpenQASM 3's U(θ, φ, λ) = [[cos θ/2, −e^{iλ} sin θ/2], [e^{iφ} sin θ/2, e^{i(φ+λ)} cos θ/2]]. */
const u3 = ([t, p, l]: readonly number[]): Matrix => {
  const c = cos(t / 2);
  const s = sin(t / 2);
  return matrix(2, [c, 0, -cos(l) * s, -sin(l) * s, cos(p) * s, sin(p) * s, cos(p + l) * c, sin(p + l) * c]);
};

const u3Gate: GateDefinition = {
  qubits: 1,
  angles: 3,
  matrix: u3,
  derivative: (angles, which) => {
    if (which === 0) return derivativeByHalfTurn(u3)(angles, 0);
    const u = u3(angles).values;
    // ∂φ multiplies row 1 by i, ∂λ multiplies column 1 by i.
    const moved = which === 1 ? [4, 6] : [2, 6];
    const values = new Array<number>(8).fill(0);
    for (const k of moved) {
      values[k] = -u[k + 1];
      values[k + 1] = u[k];
    }
    return matrix(2, values);
  },
};

/** PennyLane's Rot(φ, θ, ω) = RZ(ω)·RY(θ)·RZ(φ). */
const rot = ([phi, theta, omega]: readonly number[]): Matrix =>
  multiply(pauliRotation('Z', omega), multiply(pauliRotation('Y', theta), pauliRotation('Z', phi)));

const rotGate: GateDefinition = { qubits: 1, angles: 3, matrix: rot, derivative: derivativeByHalfTurn(rot) };

const controlledGate = (base: GateDefinition, controls = 1): GateDefinition => ({
  qubits: base.qubits + controls,
  angles: base.angles,
  matrix: (angles) => controlled(base.matrix(angles), controls, 1),
  derivative: (angles, which) => controlled(base.derivative(angles, which), controls, 0),
});

const id = constantGate(
  1,
  fixed([
    [1, 0],
    [0, 1],
  ]),
);
const x = constantGate(
  1,
  fixed([
    [0, 1],
    [1, 0],
  ]),
);
const y = constantGate(1, matrix(2, [0, 0, 0, -1, 0, 1, 0, 0]));
const z = constantGate(
  1,
  fixed([
    [1, 0],
    [0, -1],
  ]),
);
const h = constantGate(
  1,
  fixed([
    [SQRT1_2, SQRT1_2],
    [SQRT1_2, -SQRT1_2],
  ]),
);
const phase = (angle: number) => constantGate(1, phaseGate.matrix([angle]));
const sx = constantGate(1, matrix(2, [0.5, 0.5, 0.5, -0.5, 0.5, -0.5, 0.5, 0.5]));
const sxdg = constantGate(1, matrix(2, [0.5, -0.5, 0.5, 0.5, 0.5, 0.5, 0.5, -0.5]));
const swap = constantGate(
  2,
  fixed([
    [1, 0, 0, 0],
    [0, 0, 1, 0],
    [0, 1, 0, 0],
    [0, 0, 0, 1],
  ]),
);
const iswap = constantGate(
  2,
  matrix(4, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]),
);
const rx = rotationGate('X');
const ry = rotationGate('Y');
const rz = rotationGate('Z');

/** Every gate of OpenQASM 2's qelib1 and OpenQASM 3's stdgates, and PennyLane's Rot, by its lower-case name. */
export const GATES = {
  id,
  x,
  y,
  z,
  h,
  s: phase(Math.PI / 2),
  sdg: phase(-Math.PI / 2),
  t: phase(Math.PI / 4),
  tdg: phase(-Math.PI / 4),
  sx,
  sxdg,
  p: phaseGate,
  rx,
  ry,
  rz,
  u: u3Gate,
  rot: rotGate,
  cx: controlledGate(x),
  cy: controlledGate(y),
  cz: controlledGate(z),
  ch: controlledGate(h),
  csx: controlledGate(sx),
  swap,
  iswap,
  cp: controlledGate(phaseGate),
  crx: controlledGate(rx),
  cry: controlledGate(ry),
  crz: controlledGate(rz),
  cu: controlledGate(u3Gate),
  rxx: rotationGate('XX'),
  ryy: rotationGate('YY'),
  rzz: rotationGate('ZZ'),
  ccx: controlledGate(x, 2),
  ccz: controlledGate(z, 2),
  cswap: controlledGate(swap),
} as const satisfies Record<string, GateDefinition>;

/** A gate's name. */
export type GateName = keyof typeof GATES;

/** Whether `name` is one of {@link GATES}. */
export const isGateName = (name: string): name is GateName => Object.hasOwn(GATES, name);
