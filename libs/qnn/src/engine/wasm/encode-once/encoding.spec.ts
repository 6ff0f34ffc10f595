import { type CircuitBuilder, createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { type Angle, input, inputProduct, parameter, product, sum } from '@qloom/quantum/gates/angle.ts';
import { pauli } from '@qloom/quantum/observables/observable.ts';
import { planStructure } from '../lowering/structure.ts';
import { encodingSize, findEncoding } from './encoding.ts';

/** The encoding of a circuit of three qubits and two inputs. */
function encodingOf(build: (builder: CircuitBuilder, theta: () => Angle) => void, amplitudes = 0) {
  const preparation = amplitudes > 0 ? ({ kind: 'amplitude', inputs: amplitudes } as const) : undefined;
  const builder = createCircuitBuilder({ qubits: 3, inputs: amplitudes || 2, preparation });
  build(builder, () => parameter(builder.parameter()));
  return findEncoding(planStructure(builder.build(), [pauli('X', [0])]));
}

describe('findEncoding', () => {
  it('finds initial rotations RX and RY, before any trainable gates', () => {
    const encoding = encodingOf((builder, theta) => {
      builder.gate('rx', [0], input(0));
      builder.gate('ry', [2], sum(input(1, 2), inputProduct(0, 1)));
      for (const q of [0, 1, 2]) builder.gate('ry', [q], theta()).gate('rz', [q], theta());
      builder.gate('cx', [0, 1]).gate('ry', [1], theta());
    });
    expect(encoding).toEqual({ kind: 'rotations', slots: [0, 2] });
  });

  it('finds rotations that commute to the front, through gates on other qubits and rotations about the same axis', () => {
    const encoding = encodingOf((builder, theta) => {
      builder.gate('ry', [0], theta()).gate('rz', [1], theta()).gate('cx', [1, 2]);
      builder.gate('ry', [0], input(0));
    });
    expect(encoding).toEqual({ kind: 'rotations', slots: [0] });
  });

  it('finds inputs that are amplitudes', () => {
    const encoding = encodingOf((builder, theta) => builder.gate('ry', [0], theta()), 5);
    expect(encoding).toEqual({ kind: 'amplitudes', count: 5 });
  });

  it.each<[string, (builder: CircuitBuilder, theta: () => Angle) => void]>([
    ['has no inputs', (builder, theta) => builder.gate('ry', [0], theta())],
    [
      'encodes again',
      (builder, theta) => {
        builder.gate('ry', [0], input(0)).gate('rx', [0], theta()).gate('ry', [0], input(0));
      },
    ],
    ['encodes into a phase', (builder) => builder.gate('h', [0]).gate('rz', [0], input(0)).gate('h', [0])],
    ['trains a weight of an input', (builder) => builder.gate('ry', [0], product(builder.parameter('weight'), 0))],
  ])('finds none if a circuit %s', (_, build) => {
    expect(encodingOf(build)).toBeNull();
  });

  it('finds none if both amplitudes and angles are encoded', () => {
    expect(encodingOf((builder) => builder.gate('ry', [0], input(0)), 4)).toBeNull();
  });
});

describe('encodingSize', () => {
  it('has 2^m columns and 3^m moments for m rotations', () => {
    const size = encodingSize({ kind: 'rotations', slots: [0, 1, 2, 5] });
    expect(size).toEqual({ columns: 16, order: 16, moments: 81 });
  });

  it('has a moment for every pair of amplitudes', () => {
    expect(encodingSize({ kind: 'amplitudes', count: 5 })).toEqual({ columns: 5, order: 8, moments: 15 });
    expect(encodingSize({ kind: 'amplitudes', count: 1 })).toEqual({ columns: 1, order: 1, moments: 1 });
  });
});
