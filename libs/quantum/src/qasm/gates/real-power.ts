import { type Angle, constant, scaled } from '../../gates/angle.ts';
import type { Gate, GateSequence } from '../../gates/gate.ts';
import { concatenate, controlledSequence, gate, inverseGate, sequence } from '../../gates/gate-algebra.ts';
import { GATES, type GateName } from '../../gates/gates.ts';
import { multiply } from '../../gates/matrix.ts';
import { type Complex, matrixPower, type OneQubitMatrix, turnOf } from './one-qubit-power.ts';

/** Gates whose power multiplies the angle by the exponent, also for angles that depend on inputs. */
const ROTATIONS: readonly GateName[] = ['p', 'rx', 'ry', 'rz', 'rxx', 'ryy', 'rzz', 'cp', 'crx', 'cry', 'crz'];

/** Gates with a control on the first qubit, and the gate that is controlled. */
const CONTROLLED: Partial<Record<GateName, GateName>> = {
  cx: 'x',
  cy: 'y',
  cz: 'z',
  ch: 'h',
  csx: 'sx',
  cp: 'p',
  crx: 'rx',
  cry: 'ry',
  crz: 'rz',
  cu: 'u',
  ccx: 'cx',
  ccz: 'cz',
  cswap: 'swap',
};

const { PI } = Math;

/**
 * A real power of a sequence, on the principal branch: an eigenvalue e^{iφ} with −π < φ ≤ π becomes e^{iφ·exponent};
 * the angles of rotations are multiplied by the exponent. Null if the power has no decomposition into gates of GATES
 * here; it has one for a rotation, a gate on one qubit with constant angles, a swap, and each of these under controls
 * or between a gate and its inverse.
 */
export function realPower({ gates, phase }: GateSequence, exponent: number): GateSequence | null {
  if (gates.length === 0) return sequence([], scaled(phase, exponent));
  const isOnOne = gates.every(({ qubits }) => qubits.length === 1 && qubits[0] === gates[0].qubits[0]);
  const isConstant =
    phase.terms.length === 0 && gates.every(({ angles }) => angles.every(({ terms }) => terms.length === 0));
  const isPlain = phase.terms.length === 0 && phase.constant === 0;
  if (gates.length === 1 && isPlain && ROTATIONS.includes(gates[0].name)) {
    return sequence([turned(gates[0], exponent)]);
  }
  if (isOnOne && isConstant) return oneQubitPower(gates, phase.constant, exponent);
  const middle = conjugated(gates);
  if (middle) {
    const inner = realPower({ gates: middle.inner, phase }, exponent);
    return inner && concatenate([sequence(middle.before), inner, sequence(middle.after)]);
  }
  const inner = isPlain ? uncontrolled(gates) : null;
  if (inner) {
    const power = realPower(inner.sequence, exponent);
    return power && controlledSequence(inner.control, power);
  }
  return gates.length === 1 && isPlain ? swapPower(gates[0], exponent) : null;
}

const turned = ({ name, qubits, angles }: Gate, exponent: number): Gate => ({
  name,
  qubits,
  angles: angles.map((angle) => scaled(angle, exponent)),
});

/** The power of `swap` or `iswap`. */
function swapPower({ name, qubits }: Gate, exponent: number): GateSequence | null {
  if (name === 'swap') {
    const outer = sequence([gate('cx', qubits)]);
    const inner = realPower(sequence([gate('cx', qubits.toReversed())]), exponent);
    return inner && concatenate([outer, inner, outer]);
  }
  if (name !== 'iswap') return null;
  const turn = (-PI / 2) * exponent;
  return sequence([gate('rxx', qubits, turn), gate('ryy', qubits, turn)]);
}

/**
 * Removes the control that all gates have as their first qubit, or null if there is none; phase gates on the control
 * become the phase of the remaining sequence.
 */
function uncontrolled(gates: readonly Gate[]) {
  const control = gates.find(({ qubits }) => qubits.length > 1)?.qubits[0];
  if (control === undefined) return null;
  const parts: GateSequence[] = [];
  for (const { name, qubits, angles } of gates) {
    const target = CONTROLLED[name];
    if (qubits[0] !== control) return null;
    if (name === 'p') parts.push(sequence([], angles[0]));
    else if (target !== undefined) parts.push(sequence([{ name: target, qubits: qubits.slice(1), angles }]));
    else return null;
  }
  return { control, sequence: concatenate(parts) };
}

/** Gates as B·M·B⁻¹ with the longest B that matches gate by gate, or null if there is none. */
function conjugated(gates: readonly Gate[]) {
  let count = 0;
  while (2 * (count + 1) < gates.length && isInverse(gates[count], gates[gates.length - 1 - count])) count++;
  if (count === 0) return null;
  return {
    before: gates.slice(0, count),
    inner: gates.slice(count, gates.length - count),
    after: gates.slice(gates.length - count),
  };
}

function isInverse(gate: Gate, other: Gate): boolean {
  const [undone, ...more] = inverseGate(gate);
  return (
    more.length === 0 &&
    undone.name === other.name &&
    isSameOn(undone, other) &&
    undone.angles.every((angle, i) => isSame(angle, other.angles[i]))
  );
}

const isSameOn = (a: Gate, b: Gate): boolean => a.qubits.every((qubit, i) => qubit === b.qubits[i]);

const isSame = (a: Angle, b: Angle): boolean =>
  a.constant === b.constant &&
  a.terms.length === b.terms.length &&
  a.terms.every((term, i) => {
    const other = b.terms[i];
    return (
      term.coefficient === other.coefficient &&
      term.parameter === other.parameter &&
      term.input === other.input &&
      (term.secondInput ?? null) === (other.secondInput ?? null)
    );
  });

/** The power of gates on one qubit: a `p` gate if the power is diagonal, else a `u` gate, and a global phase. */
function oneQubitPower(gates: readonly Gate[], phase: number, exponent: number): GateSequence {
  const matrices = gates.map(({ name, angles }) => GATES[name].matrix(angles.map((angle) => angle.constant)));
  const total = matrices.reduce((product, matrix) => multiply(matrix, product));
  const factor: Complex = [Math.cos(phase), Math.sin(phase)];
  const { theta, phi, lambda, phase: rest } = turnOf(matrixPower(scaledBy(total.values, factor), exponent));
  const { qubits } = gates[0];
  const turn = theta === 0 ? gate('p', qubits, phi + lambda) : gate('u', qubits, theta, phi, lambda);
  return sequence([turn], constant(rest));
}

function scaledBy(values: ArrayLike<number>, [re, im]: Complex): OneQubitMatrix {
  const entry = (k: number): Complex => {
    const [a, b] = [values[2 * k], values[2 * k + 1]];
    return [a * re - b * im, a * im + b * re];
  };
  return [entry(0), entry(1), entry(2), entry(3)];
}
