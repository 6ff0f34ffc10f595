import { type Angle, scaled, sum } from '../../gates/angle.ts';
import type { GateSequence } from '../../gates/gate.ts';
import { sequence } from '../../gates/gate-algebra.ts';
import { expandGate, gateSize, type LibraryGateName } from '../../gates/gate-library.ts';

/** A gate that a program may call without defining it. */
export interface StandardGate {
  readonly qubits: number;
  readonly angles: number;
  expand(qubits: readonly number[], angles: readonly Angle[]): GateSequence;
}

const named = (name: LibraryGateName): StandardGate => ({
  qubits: gateSize(name).qubits,
  angles: gateSize(name).angles,
  expand: (qubits, angles) => sequence(expandGate(name, qubits, angles)),
});

const table = (names: readonly LibraryGateName[]): Record<string, StandardGate> =>
  Object.fromEntries(names.map((name) => [name, named(name)]));

/** A gate with a global phase. */
const phased = (name: 'u' | 'u2', phaseOf: (angles: readonly Angle[]) => Angle): StandardGate => ({
  qubits: 1,
  angles: gateSize(name).angles,
  expand: (qubits, angles) => sequence(expandGate(name, qubits, angles), phaseOf(angles)),
});

const half = (sign: 1 | -1, ...angles: readonly Angle[]): Angle => scaled(sum(...angles), sign / 2);

/** A global phase. PennyLane writes it in OpenQASM 2 as well, where it has no effect. */
const gphase: StandardGate = { qubits: 0, angles: 1, expand: (_, [angle]) => sequence([], angle) };

/**
 * OpenQASM 2 defines U up to a phase without effect; OpenQASM 3's U has a factor of e^{iθ/2} over the gate u of GATES.
 */
const BUILT_IN_2 = { U: named('u'), CX: named('cx'), gphase };
const BUILT_IN_3 = { U: phased('u', ([theta]) => half(1, theta)), gphase };

const SHARED = [
  ...(['x', 'y', 'z', 'h', 's', 'sdg', 't', 'tdg', 'sx', 'rx', 'ry', 'rz', 'p', 'id', 'u1'] as const),
  ...(['cx', 'cy', 'cz', 'ch', 'swap', 'cp', 'crx', 'cry', 'crz', 'ccx', 'cswap'] as const),
];

/** qelib1.inc, as shipped with Qiskit. */
const QELIB1: Readonly<Record<string, StandardGate>> = {
  ...table([
    ...SHARED,
    ...([
      'u0',
      'u2',
      'u3',
      'u',
      'sxdg',
      'cu1',
      'cu3',
      'csx',
      'rxx',
      'rzz',
      'rccx',
      'rc3x',
      'c3x',
      'c3sqrtx',
      'c4x',
    ] as const),
  ]),
  cu: named('cu4'),
};

/**
 * stdgates.inc. Its u2 and u3 have a phase that makes their determinant 1, which has an effect when they are
 * controlled.
 */
const STDGATES: Readonly<Record<string, StandardGate>> = {
  ...table([...SHARED, 'CX', 'phase', 'cphase']),
  u2: phased('u2', (angles) => half(-1, ...angles)),
  u3: phased('u', ([, phi, lambda]) => half(-1, phi, lambda)),
  cu: named('cu4'),
};

/** Files that `include` accepts. */
export const INCLUDES: Readonly<Record<string, Readonly<Record<string, StandardGate>>>> = {
  'qelib1.inc': QELIB1,
  'stdgates.inc': STDGATES,
};

/** The gates of a version that need no include. */
export const builtInGates = (version: 2 | 3): Readonly<Record<string, StandardGate>> =>
  version === 2 ? BUILT_IN_2 : BUILT_IN_3;
