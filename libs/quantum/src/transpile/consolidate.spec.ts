import { createCircuitBuilder } from '../circuit.ts';
import { parameter } from '../gates/angle.ts';
import type { GateName } from '../gates/gates.ts';
import { lineCoupling } from '../testing/couplings.ts';
import { transpile } from './transpile.ts';

type Given = readonly [GateName, readonly number[], ...(number | 'theta')[]];

/** The number of two-qubit gates of a circuit on a line of three qubits. */
function count(gates: readonly Given[], entangler = 'cz'): number {
  const builder = createCircuitBuilder({ qubits: 3 });
  for (const [name, qubits, ...angles] of gates) {
    builder.gate(name, qubits, ...angles.map((angle) => (angle === 'theta' ? parameter(builder.parameter()) : angle)));
  }
  const target = { qubits: 3, basisGates: ['rz', 'sx', 'x', entangler], coupling: lineCoupling(3) };
  return transpile(builder.build(), target).gates.filter(({ qubits }) => qubits.length === 2).length;
}

// Counts of CX from Vidal and Dawson, "A universal quantum circuit for two-qubit transformations", arXiv:quant-ph/0307177.
describe('two-qubit gates of one pair', () => {
  it.each<[string, number, Given[]]>([
    [
      'CX twice',
      0,
      [
        ['cx', [0, 1]],
        ['cx', [0, 1]],
      ],
    ],
    [
      'CX twice, with what commutes between them',
      0,
      [
        ['cx', [0, 1]],
        ['rz', [0], 'theta'],
        ['rx', [1], 'theta'],
        ['cx', [0, 1]],
      ],
    ],
    [
      'CX twice, with X on the control between them',
      0,
      [
        ['cx', [0, 1]],
        ['x', [0]],
        ['cx', [0, 1]],
      ],
    ],
    [
      'CX in both directions',
      2,
      [
        ['cx', [0, 1]],
        ['cx', [1, 0]],
      ],
    ],
    [
      'a swap of three CX',
      3,
      [
        ['cx', [0, 1]],
        ['cx', [1, 0]],
        ['cx', [0, 1]],
      ],
    ],
    [
      'CX, then a swap',
      2,
      [
        ['cx', [0, 1]],
        ['swap', [0, 1]],
      ],
    ],
    [
      'CZ and H, then a swap',
      2,
      [
        ['cz', [0, 1]],
        ['h', [0]],
        ['swap', [0, 1]],
      ],
    ],
    [
      'an angle, then a swap',
      3,
      [
        ['rzz', [0, 1], 'theta'],
        ['u', [0], 'theta', 'theta', 'theta'],
        ['swap', [0, 1]],
      ],
    ],
    [
      'a swap twice',
      0,
      [
        ['swap', [0, 1]],
        ['ry', [1], 'theta'],
        ['swap', [1, 0]],
      ],
    ],
    ['an angle', 2, [['crx', [0, 1], 'theta']]],
    [
      'two angles along one axis',
      2,
      [
        ['rzz', [0, 1], 'theta'],
        ['rz', [0], 'theta'],
        ['cp', [1, 0], 'theta'],
      ],
    ],
    [
      'two angles along two axes',
      2,
      [
        ['rxx', [0, 1], 'theta'],
        ['ryy', [0, 1], 'theta'],
      ],
    ],
    [
      'three angles',
      3,
      [
        ['rxx', [0, 1], 'theta'],
        ['ryy', [0, 1], 'theta'],
        ['rzz', [0, 1], 'theta'],
      ],
    ],
    ['iSWAP', 2, [['iswap', [0, 1]]]],
  ])('%s: %i', (_, wanted, gates) => {
    expect(count(gates)).toBe(wanted);
  });

  it('are not merged over a gate with another qubit', () => {
    expect(
      count([
        ['cx', [0, 1]],
        ['cx', [1, 2]],
        ['cx', [0, 1]],
      ]),
    ).toBe(3);
  });

  it('are one iSWAP where the device has it, and two for any angle', () => {
    expect(count([['iswap', [0, 1]]], 'iswap')).toBe(1);
    expect(count([['rzz', [0, 1], 'theta']], 'iswap')).toBe(2);
    expect(
      count(
        [
          ['rxx', [0, 1], 'theta'],
          ['ryy', [0, 1], 'theta'],
        ],
        'iswap',
      ),
    ).toBe(2);
  });

  it('are one RZZ for each angle where the device has it', () => {
    expect(count([['rzz', [0, 1], 'theta']], 'rzz')).toBe(1);
    expect(count([['cry', [0, 1], 'theta']], 'rzz')).toBe(1);
  });
});
