import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import type { Execution } from '../backend/backend.ts';
import { countsOf } from './ionq-results.ts';

const execution = (qubits: number[], shots: number): Execution => ({
  circuit: { qubits: 3, inputs: 0, parameters: [], gates: [] },
  parameters: new Float64Array(0),
  inputs: new Float64Array(0),
  qubits,
  shots,
});

describe('results of IonQ', () => {
  it('are counts of the measured qubits in their order, bit q of a state being qubit q', () => {
    // The documented example of a register: states 0 and 3 of two qubits.
    expect(countsOf({ 6: 0.25, 1: 0.75 }, execution([2, 0], 8), [0, 1, 2])).toEqual(
      new Map([
        [0b01, 2],
        [0b10, 6],
      ]),
    );
    // Qubit 0 was measured at place 2.
    expect(countsOf({ 4: 1 }, execution([0], 8), [2, 1, 0])).toEqual(new Map([[1, 8]]));
  });

  it('give frequencies back exactly, and add up to the shots where some were left out', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 2, maxLength: 8 }), fc.nat(20), (counts, leaked) => {
        const total = counts.reduce((sum, count) => sum + count, 0);
        fc.pre(total > 0);
        const states = Object.fromEntries(counts.map((count, state) => [state, count / total]));
        expect(countsOf(states, execution([0, 1, 2], total), [0, 1, 2])).toEqual(
          new Map(counts.flatMap((count, state) => (count > 0 ? [[state, count]] : []))),
        );
        const shots = total + leaked;
        const filled = countsOf(states, execution([0, 1, 2], shots), [0, 1, 2]);
        expect([...filled.values()].reduce((sum, count) => sum + count, 0)).toBe(shots);
        // Each count is off by less than one shot.
        for (const [state, count] of filled) expect(Math.abs(count - (shots * counts[state]) / total)).toBeLessThan(1);
      }),
    );
  });

  it('are samples of exact probabilities, the same for the same seed', () => {
    const sample = () => countsOf({ 0: 0.3, 1: 0.7 }, execution([0], 2000), [0, 1, 2], createRandom('ionq samples'));
    expect(sample()).toEqual(sample());
    // Five standard deviations.
    expect(Math.abs((sample().get(1) ?? 0) - 1400)).toBeLessThan(5 * Math.sqrt(2000 * 0.3 * 0.7));
  });

  it('are refused where probabilities are missing', () => {
    expect(() => countsOf({ 0: 0.5 }, execution([0], 8), [0, 1, 2])).toThrow('add up to 0.5; 1 is right');
    expect(() => countsOf({}, execution([0], 8), [0, 1, 2])).toThrow('add up to 0; 1 is right');
  });
});
