import { createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { adjointFlops } from './flops.ts';
import { benchCircuit } from './problem.ts';

describe('floating-point operations', () => {
  // By hand: a layer on n qubits has 2n RY and n RZ of 6 operations an amplitude, 2n of them with a parameter.
  it.each([
    [4, 6],
    [12, 3],
  ])('of a circuit of %d qubits and %d layers are those counted by hand', (n, layers) => {
    const gates = layers * 3 * n * 6;
    expect(adjointFlops(benchCircuit(n, layers))).toBe(2 ** n * (3 * gates + layers * 2 * n * 4 + 2 * n + 5));
  });

  it('are fewer where inputs come once', () => {
    expect(adjointFlops(benchCircuit(4, 6, false))).toBe(adjointFlops(benchCircuit(4, 6)) - 16 * 5 * 4 * 18);
  });

  it('are not known for other gates', () => {
    const circuit = createCircuitBuilder({ qubits: 1, inputs: 0 }).gate('h', [0]).build();
    expect(() => adjointFlops(circuit)).toThrow('gate h is none of ry, rz, cx');
  });
});
