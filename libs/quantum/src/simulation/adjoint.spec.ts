import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { COMPOSED_GATES, type LibraryGateName } from '../gates/gate-library.ts';
import { GATES } from '../gates/gates.ts';
import { differenceError, gradientRounding } from '../testing/gradient-rounding.ts';
import { randomProblem } from '../testing/random-problem.ts';
import { adjointGradient } from './adjoint.ts';
import { parameterShiftGradient } from './parameter-shift.ts';
import { expectation, runCircuit } from './statevector.ts';

const seeds = { seed: fc.integer({ min: 0, max: 2 ** 31 }), qubits: fc.integer({ min: 1, max: 4 }) };

function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerances: ArrayLike<number>) {
  expect([actual.length, tolerances.length]).toEqual([wanted.length, wanted.length]);
  for (let i = 0; i < wanted.length; i++) {
    expect(Math.abs(actual[i] - wanted[i])).toBeLessThanOrEqual(tolerances[i]);
  }
}

/** Both methods have an error of up to `bound`, and parameter shift uses up to four circuits per angle. */
const ofBoth = (bound: Float64Array) => bound.map((value) => 5 * value);

/** Step of central differences: truncation, about h², and rounding, about u/h, are of equal size for h = u^(1/3). */
const STEP = 1e-5;

/** Angles with x_i·x_j and inputs as amplitudes, each with and without the other, and gates of the library. */
const EVERYTHING = [false, true].flatMap((inputProducts) =>
  [false, true].map((amplitudes) => ({
    inputProducts,
    amplitudes,
    names: inputProducts ? ([...Object.keys(GATES), ...Object.keys(COMPOSED_GATES)] as LibraryGateName[]) : undefined,
  })),
);

describe('adjointGradient', () => {
  it('agrees with parameter shift on circuits of every gate, for parameters and inputs', () => {
    fc.assert(
      fc.property(seeds.seed, seeds.qubits, (seed, qubits) => {
        const p = randomProblem(createRandom(seed), qubits, 14, EVERYTHING[seed % 4]);
        const adjoint = adjointGradient(p.circuit, p.observables, p.cotangents, p.parameters, p.inputs);
        const shift = parameterShiftGradient(p.circuit, p.observables, p.cotangents, p.parameters, p.inputs);
        const bounds = gradientRounding(p.circuit, p.observables, p.cotangents, p.parameters, p.inputs, 'float64');
        expectClose(adjoint.parameters, shift.parameters, ofBoth(bounds.parameters));
        expectClose(adjoint.inputs, shift.inputs, ofBoth(bounds.inputs));
        expectClose(adjoint.expectations, shift.expectations, ofBoth(bounds.expectations));
      }),
      { numRuns: 40 },
    );
  });

  it('agrees with central differences', () => {
    fc.assert(
      fc.property(seeds.seed, seeds.qubits, (seed, qubits) => {
        const p = randomProblem(createRandom(seed), qubits, 12, EVERYTHING[seed % 4]);
        const adjoint = adjointGradient(p.circuit, p.observables, p.cotangents, p.parameters, p.inputs);
        const loss = (parameters: Float64Array, inputs: Float64Array) => {
          const state = runCircuit(p.circuit, parameters, inputs);
          return p.observables.reduce((sum, o, k) => sum + p.cotangents[k] * expectation(state, o), 0);
        };
        const difference = (values: Float64Array, at: (moved: Float64Array) => number) =>
          values.map((_, i) => {
            const moved = (by: number) => at(values.map((value, j) => (i === j ? value + by : value)));
            return (moved(STEP) - moved(-STEP)) / (2 * STEP);
          });
        const bounds = differenceError(p.circuit, p.observables, p.cotangents, p.parameters, p.inputs, STEP);
        expectClose(
          adjoint.parameters,
          difference(p.parameters, (v) => loss(v, p.inputs)),
          bounds.parameters,
        );
        expectClose(
          adjoint.inputs,
          difference(p.inputs, (v) => loss(p.parameters, v)),
          bounds.inputs,
        );
      }),
      { numRuns: 20 },
    );
  });
});
