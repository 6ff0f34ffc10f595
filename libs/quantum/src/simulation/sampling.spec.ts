import { createRandom } from '@qloom/random/random.ts';
import { createCircuitBuilder } from '../circuit.ts';
import { addObservables, pauli } from '../observables/observable.ts';
import { estimateExpectation, sampleBasisStates } from './sampling.ts';
import { expectation, probabilities, runCircuit } from './statevector.ts';

const state = runCircuit(
  createCircuitBuilder({ qubits: 3 })
    .gate('ry', [0], 0.9)
    .gate('rx', [1], -1.2)
    .gate('cx', [0, 2])
    .gate('rot', [2], 0.3, 1.1, -0.4)
    .gate('crx', [1, 0], 2.1)
    .build(),
);

describe('sampleBasisStates', () => {
  it('draws basis states in proportion to their probabilities', () => {
    const shots = 100_000;
    const counts = new Float64Array(8);
    for (const k of sampleBasisStates(state, shots, createRandom(1))) counts[k]++;
    probabilities(state).forEach((p, k) => {
      // Five standard errors.
      expect(Math.abs(counts[k] / shots - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / shots) + 1e-12);
    });
  });

  it('returns the same shots for the same seed', () => {
    expect(sampleBasisStates(state, 50, createRandom(2))).toEqual(sampleBasisStates(state, 50, createRandom(2)));
  });

  it('refuses zero shots', () => {
    expect(() => sampleBasisStates(state, 0, createRandom(1))).toThrow('shots: 0 is not an integer above 0');
  });
});

describe('estimateExpectation', () => {
  it.each(['XYZ', 'IIY', 'XXI', 'ZZZ'])('estimates ⟨%s⟩ without bias', (paulis) => {
    const observable = { terms: [{ coefficient: 1, paulis }] };
    const shots = 40_000;
    const exact = expectation(state, observable);
    const error = Math.sqrt((1 - exact * exact) / shots);
    expect(Math.abs(estimateExpectation(state, observable, shots, createRandom(3)) - exact)).toBeLessThan(5 * error);
  });

  it('estimates the identity and sums exactly', () => {
    const identity = { terms: [{ coefficient: 2.5, paulis: '' }] };
    expect(estimateExpectation(state, identity, 1, createRandom(4))).toBe(2.5);
    const sum = addObservables(pauli('Z', [0]), identity);
    expect(estimateExpectation(state, sum, 100_000, createRandom(5))).toBeCloseTo(expectation(state, sum), 1);
  });
});
