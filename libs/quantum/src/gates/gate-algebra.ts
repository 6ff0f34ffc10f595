import { type Angle, collected, constant, scaled, sum } from './angle.ts';
import type { Gate, GateSequence } from './gate.ts';
import type { GateName } from './gates.ts';

const { PI } = Math;

/** A gate; a number is a constant angle. */
export const gate = (name: GateName, qubits: readonly number[], ...angles: (Angle | number)[]): Gate => ({
  name,
  qubits,
  angles: angles.map((angle) => (typeof angle === 'number' ? constant(angle) : angle)),
});

/** Gates as a sequence, with a global phase of `phase` or none. */
export const sequence = (gates: readonly Gate[], phase: Angle = constant(0)): GateSequence => ({ gates, phase });

/** Concatenates sequences. */
export const concatenate = (parts: readonly GateSequence[]): GateSequence => ({
  gates: parts.flatMap((part) => part.gates),
  phase: collected({
    constant: parts.reduce((total, { phase }) => total + phase.constant, 0),
    terms: parts.flatMap(({ phase }) => phase.terms),
  }),
});

/** Repeats a sequence `times` times. */
export const repeated = ({ gates, phase }: GateSequence, times: number): GateSequence => ({
  gates: gates.length === 0 ? [] : new Array<readonly Gate[]>(times).fill(gates).flat(),
  phase: scaled(phase, times),
});

const INVERSE_NAMES: Partial<Record<GateName, GateName>> = {
  s: 'sdg',
  sdg: 's',
  t: 'tdg',
  tdg: 't',
  sx: 'sxdg',
  sxdg: 'sx',
};

/** The inverse of one gate as gates, exactly (global phase included). */
export function inverseGate({ name, qubits, angles }: Gate): Gate[] {
  const minus = angles.map((angle) => scaled(angle, -1));
  switch (name) {
    case 'u':
    case 'cu':
      return [{ name, qubits, angles: [minus[0], minus[2], minus[1]] }];
    case 'rot':
      return [{ name, qubits, angles: minus.toReversed() }];
    case 'csx':
      return [gate('h', [qubits[1]]), gate('cp', qubits, -PI / 2), gate('h', [qubits[1]])];
    case 'iswap':
      return [gate('rxx', qubits, PI / 2), gate('ryy', qubits, PI / 2)];
    default:
      return [{ name: INVERSE_NAMES[name] ?? name, qubits, angles: minus }];
  }
}

/** The inverse of a sequence, exactly. */
export const inverse = ({ gates, phase }: GateSequence): GateSequence => ({
  gates: gates.toReversed().flatMap(inverseGate),
  phase: scaled(phase, -1),
});

/**
 * Multi-controlled phase: e^{i·angle} if all of `qubits` are one. Without ancillas, by the recursion of Barenco et al.,
 * "Elementary gates for quantum computation", arXiv:quant-ph/9503016, lemma 7.5; exact. About 3^(k−2) gates for k
 * qubits.
 */
export function multiControlledPhase(qubits: readonly number[], angle: Angle): Gate[] {
  if (qubits.length === 1) return [gate('p', qubits, angle)];
  if (qubits.length === 2) return [gate('cp', qubits, angle)];
  if (qubits.length === 3 && angle.terms.length === 0 && angle.constant === PI) return [gate('ccz', qubits)];
  const target = qubits[qubits.length - 1];
  const control = qubits[qubits.length - 2];
  const others = qubits.slice(0, -2);
  const flip = multiControlledX([...others, control]);
  return [
    gate('cp', [control, target], scaled(angle, 0.5)),
    ...flip,
    gate('cp', [control, target], scaled(angle, -0.5)),
    ...flip,
    ...multiControlledPhase([...others, target], scaled(angle, 0.5)),
  ];
}

/** X on the last of `qubits` if all others are one, exactly. */
export function multiControlledX(qubits: readonly number[]): Gate[] {
  if (qubits.length <= 3) return [gate((['x', 'cx', 'ccx'] as const)[qubits.length - 1], qubits)];
  const target = [qubits[qubits.length - 1]];
  return [gate('h', target), ...multiControlledPhase(qubits, constant(PI)), gate('h', target)];
}

/** √X on the last of `qubits` if all others are one, exactly: √X = H·S·H. */
export function multiControlledSqrtX(qubits: readonly number[]): Gate[] {
  const target = [qubits[qubits.length - 1]];
  return [gate('h', target), ...multiControlledPhase(qubits, constant(PI / 2)), gate('h', target)];
}

/**
 * The sequence if `control` is one, else the identity. Exact: the sequence's phase becomes a phase of the control.
 * `check` is called with the number of gates while it grows, and may throw.
 */
export function controlledSequence(
  control: number,
  { gates, phase }: GateSequence,
  check: (gates: number) => void = () => undefined,
): GateSequence {
  const controlled = isZero(phase) ? [] : [gate('p', [control], phase)];
  for (const one of gates) {
    controlled.push(...controlledGate(control, one));
    check(controlled.length);
  }
  return sequence(controlled);
}

/**
 * The sequence if all of `controls` are one, else the identity; exact. Single X and Z gates and phases have short
 * decompositions; for other sequences the number of gates is multiplied with every control, so `check` is called with
 * that number and may throw.
 */
export function controlledBy(
  controls: readonly number[],
  inner: GateSequence,
  check: (gates: number) => void,
): GateSequence {
  const [only] = inner.gates;
  const direct =
    inner.gates.length === 1 && isZero(inner.phase) ? multiControlled([...controls, ...only.qubits], only) : null;
  if (direct && controls.length + only.qubits.length <= MAX_DIRECT) return sequence(direct());
  let result = inner;
  for (const control of controls.toReversed()) result = controlledSequence(control, result, check);
  return result;
}

/**
 * Multi-controlled gates of up to this number of qubits have fewer than 100,000 gates; the number triples with each
 * qubit.
 */
const MAX_DIRECT = 12;

function multiControlled(qubits: readonly number[], { name, angles }: Gate): (() => Gate[]) | null {
  if (name === 'x' || name === 'cx' || name === 'ccx') return () => multiControlledX(qubits);
  if (name === 'z' || name === 'cz' || name === 'ccz') return () => multiControlledPhase(qubits, constant(PI));
  if (name === 'p' || name === 'cp') return () => multiControlledPhase(qubits, angles[0]);
  return null;
}

const isZero = (angle: Angle) => angle.terms.length === 0 && angle.constant === 0;

/** Controlled `middle` between `before` and its inverse, which need no control. */
const conjugated = (before: readonly Gate[], middle: readonly Gate[]): Gate[] => [
  ...before,
  ...middle,
  ...before.toReversed().flatMap(inverseGate),
];

/** One gate with an additional first control, exactly (including the global phase of the gate). */
export function controlledGate(c: number, { name, qubits, angles }: Gate): Gate[] {
  const [a, b] = qubits;
  const all = [c, ...qubits];
  const also = (...gates: Gate[]) => gates.flatMap((one) => controlledGate(c, one));
  switch (name) {
    case 'id':
      return [];
    case 'x':
    case 'cx':
    case 'ccx':
      return multiControlledX(all);
    case 'z':
      return [gate('cz', all)];
    case 'cz':
    case 'ccz':
      return multiControlledPhase(all, constant(PI));
    case 'y':
    case 'h':
    case 'sx':
      return [gate(`c${name}` as const, all)];
    case 's':
      return [gate('cp', all, PI / 2)];
    case 'sdg':
      return [gate('cp', all, -PI / 2)];
    case 't':
      return [gate('cp', all, PI / 4)];
    case 'tdg':
      return [gate('cp', all, -PI / 4)];
    case 'sxdg':
      return conjugated([gate('h', [a])], [gate('cp', all, -PI / 2)]);
    case 'p':
    case 'rx':
    case 'ry':
    case 'rz':
    case 'u':
      return [{ name: `c${name}` as const, qubits: all, angles }];
    case 'rot':
      return [gate('crz', all, angles[0]), gate('cry', all, angles[1]), gate('crz', all, angles[2])];
    case 'cp':
      return multiControlledPhase(all, angles[0]);
    case 'cry':
    case 'crz': {
      // R(a/2)·X·R(−a/2)·X is R(a), and without the X the identity.
      const turn = (half: number) => gate(name === 'cry' ? 'ry' : 'rz', [b], scaled(angles[0], half));
      return [turn(0.5), gate('ccx', all), turn(-0.5), gate('ccx', all)];
    }
    case 'crx':
      return conjugated([gate('h', [b])], also(gate('crz', qubits, angles[0])));
    case 'cu':
      // U(θ, φ, λ) = e^{i(φ+λ)/2}·RZ(φ)·RY(θ)·RZ(λ).
      return [
        ...also(gate('p', [a], scaled(sum(angles[1], angles[2]), 0.5))),
        ...also(gate('crz', qubits, angles[2]), gate('cry', qubits, angles[0]), gate('crz', qubits, angles[1])),
      ];
    case 'cy':
      return conjugated([gate('sdg', [b])], [gate('ccx', all)]);
    case 'ch':
      return conjugated([gate('ry', [b], -PI / 4)], [gate('ccz', all)]);
    case 'csx':
      return multiControlledSqrtX(all);
    case 'swap':
      return [gate('cswap', all)];
    case 'cswap':
      return conjugated([gate('cx', [qubits[2], b])], multiControlledX([c, a, b, qubits[2]]));
    case 'rzz':
      return conjugated([gate('cx', qubits)], [gate('crz', [c, b], angles[0])]);
    case 'rxx':
      return conjugated([gate('h', [a]), gate('h', [b])], also(gate('rzz', qubits, angles[0])));
    case 'ryy':
      return conjugated([gate('sx', [a]), gate('sx', [b])], also(gate('rzz', qubits, angles[0])));
    case 'iswap':
      return also(gate('rxx', qubits, -PI / 2), gate('ryy', qubits, -PI / 2));
  }
}
