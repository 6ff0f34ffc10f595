import { createRandom } from '@qloom/random/random.ts';
import { randomProblem } from '../testing/random-problem.ts';
import { marginalProbabilities, probabilityObservables } from './probabilities.ts';
import { sampleCounts } from './sampling.ts';
import { expectation, probabilities, runCircuit } from './statevector.ts';

const { circuit, parameters, inputs } = randomProblem(createRandom(3), 4, 30);
const state = runCircuit(circuit, parameters, inputs);

describe('marginalProbabilities', () => {
  it('sums over the qubits that are not measured, with the first qubit as the lowest bit', () => {
    const all = probabilities(state);
    const marginal = marginalProbabilities(state, [3, 1]);
    for (let outcome = 0; outcome < 4; outcome++) {
      let total = 0;
      for (let k = 0; k < 16; k++)
        if (((k >> 3) & 1) === (outcome & 1) && ((k >> 1) & 1) === outcome >> 1) total += all[k];
      expect(marginal[outcome]).toBeCloseTo(total, 14);
    }
    expect(marginalProbabilities(state, [0, 1, 2, 3])).toEqual(all);
  });

  it('are the expectations of their observables', () => {
    const marginal = marginalProbabilities(state, [2, 0, 3]);
    probabilityObservables([2, 0, 3]).forEach((observable, outcome) => {
      expect(expectation(state, observable)).toBeCloseTo(marginal[outcome], 13);
    });
  });

  it('refuses qubits that are out of range or named twice', () => {
    expect(() => marginalProbabilities(state, [4])).toThrow('measured qubit 4 is not one of 0 … 3');
    expect(() => probabilityObservables([1, 1])).toThrow('measured qubits 1, 1 are not all different');
    expect(() => probabilityObservables(Array.from({ length: 11 }, (_, q) => q))).toThrow('at most 10 are right');
  });
});

describe('sampleCounts', () => {
  it('counts outcomes in proportion to their probabilities', () => {
    const shots = 50_000;
    const counts = sampleCounts(state, shots, createRandom(4));
    expect([...counts.values()].reduce((a, b) => a + b)).toBe(shots);
    probabilities(state).forEach((p, k) => {
      // Five standard errors.
      const error = 5 * Math.sqrt((p * (1 - p)) / shots) + 1e-12;
      expect(Math.abs((counts.get(k) ?? 0) / shots - p)).toBeLessThan(error);
    });
  });
});
