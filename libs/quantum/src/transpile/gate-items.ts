import { type Angle, constant, scaled, sum } from '../gates/angle.ts';
import type { Gate } from '../gates/gate.ts';
import { gate } from '../gates/gate-algebra.ts';
import type { Item } from './consolidate.ts';
import { interaction } from './interaction.ts';
import { HADAMARD, turnX, turnY } from './pauli-axis.ts';
import { type Word, word } from './word.ts';

const { PI } = Math;

/** A gate of the table as words and interactions, up to its phase. Every angle stays an affine function of the gate's angles. */
export function itemsOfGate({ name, qubits, angles }: Gate): Item[] {
  const [a, b, c] = qubits;
  const [angle] = angles;
  const on = (qubit: number, of: Word): Item => ({ kind: 'word', qubit, word: of });
  const pair = (on: Parameters<typeof interaction>[0]): Item => ({ kind: 'pair', a, b, interaction: interaction(on) });
  const also = (...gates: Gate[]) => gates.flatMap(itemsOfGate);
  const one = oneQubitWord(name, angles);
  if (one) return [on(a, one)];
  /** Between RZ on b and its inverse, H and H: the axis Z of a controlled gate becomes X, turned by `axis` about Z. */
  const alongX = (axis: number, ...middle: Gate[]) => [
    on(b, word(-axis)),
    on(b, HADAMARD),
    ...also(...middle),
    on(b, HADAMARD),
    on(b, word(axis)),
  ];
  switch (name) {
    case 'cz':
      return [pair({ z: PI / 2 }), on(a, word(-PI / 2)), on(b, word(-PI / 2))];
    case 'cx':
      return alongX(0, gate('cz', qubits));
    case 'cy':
      return alongX(PI / 2, gate('cz', qubits));
    case 'ch':
      return also(gate('ry', [b], -PI / 4), gate('cz', qubits), gate('ry', [b], PI / 4));
    case 'csx':
      return alongX(0, gate('cp', qubits, PI / 2));
    case 'cp':
      return [pair({ z: scaled(angle, -0.5) }), on(a, [scaled(angle, 0.5)]), on(b, [scaled(angle, 0.5)])];
    case 'crz':
      return [pair({ z: scaled(angle, -0.5) }), on(b, [scaled(angle, 0.5)])];
    case 'crx':
      return alongX(0, gate('crz', qubits, angle));
    case 'cry':
      return alongX(PI / 2, gate('crz', qubits, angle));
    case 'cu':
      return also(...controlledU(qubits, angles));
    case 'swap':
      return [pair({ x: PI / 2, y: PI / 2, z: PI / 2 })];
    case 'iswap':
      return [pair({ x: -PI / 2, y: -PI / 2 })];
    case 'rxx':
      return [pair({ x: angle })];
    case 'ryy':
      return [pair({ y: angle })];
    case 'rzz':
      return [pair({ z: angle })];
    case 'ccx':
      return also(gate('h', [c]), gate('ccz', qubits), gate('h', [c]));
    case 'cswap':
      return also(gate('cx', [c, b]), gate('ccx', qubits), gate('cx', [c, b]));
    case 'ccz':
      return also(...controlledControlledZ(a, b, c));
    default:
      throw new RangeError(`transpile: no decomposition of the gate ${name}`);
  }
}

function oneQubitWord(name: Gate['name'], angles: readonly Angle[]): Word | undefined {
  const [first, second, third] = angles;
  switch (name) {
    case 'id':
      return word(0);
    case 'x':
      return word(0, 0, 0);
    case 'y':
      return word(PI, 0, 0);
    case 'z':
      return word(PI);
    case 'h':
      return HADAMARD;
    case 's':
      return word(PI / 2);
    case 'sdg':
      return word(-PI / 2);
    case 't':
      return word(PI / 4);
    case 'tdg':
      return word(-PI / 4);
    case 'sx':
      return word(0, 0);
    case 'sxdg':
      return word(PI, PI);
    case 'p':
    case 'rz':
      return [first];
    case 'rx':
      return turnX(first);
    case 'ry':
      return turnY(first);
    case 'u':
      // U(θ, φ, λ) = RZ(φ + π)·√X·RZ(θ + π)·√X·RZ(λ) (McKay et al., arXiv:1612.00858).
      return [third, sum(first, constant(PI)), sum(second, constant(PI))];
    case 'rot':
      return [first, sum(second, constant(PI)), sum(third, constant(PI))];
    default:
      return undefined;
  }
}

/** cu3 of qelib1: two CX. */
function controlledU(qubits: readonly number[], [theta, phi, lambda]: readonly Angle[]): Gate[] {
  const [a, b] = qubits;
  return [
    gate('p', [a], scaled(sum(lambda, phi), 0.5)),
    gate('p', [b], scaled(sum(lambda, scaled(phi, -1)), 0.5)),
    gate('cx', qubits),
    gate('u', [b], scaled(theta, -0.5), 0, scaled(sum(phi, lambda), -0.5)),
    gate('cx', qubits),
    gate('u', [b], scaled(theta, 0.5), phi, 0),
  ];
}

/** Six CX and seven T (Nielsen and Chuang, figure 4.9, without the H on the target). */
const controlledControlledZ = (a: number, b: number, c: number): Gate[] => [
  gate('cx', [b, c]),
  gate('tdg', [c]),
  gate('cx', [a, c]),
  gate('t', [c]),
  gate('cx', [b, c]),
  gate('tdg', [c]),
  gate('cx', [a, c]),
  gate('t', [b]),
  gate('t', [c]),
  gate('cx', [a, b]),
  gate('t', [a]),
  gate('tdg', [b]),
  gate('cx', [a, b]),
];
