import { adjointGradient } from '@qloom/quantum/adjoint.ts';
import { randomProblem } from '@qloom/quantum/testing/random-problem.ts';
import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { createBatchedEngine } from './batched-engine.ts';

function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, what: string) {
  expect(actual.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    // Both sides are float64; some thousand operations leave less than 1e-11.
    if (!(Math.abs(actual[i] - wanted[i]) < 1e-11 * (1 + Math.abs(wanted[i])))) {
      throw new Error(`${what}[${i}]: ${actual[i]} instead of ${wanted[i]}`);
    }
  }
}

describe('batched-js', () => {
  it.each([true, false])(
    'agrees with the reference on circuits of every gate (states kept: %s)',
    async (keepStates) => {
      const engine = createBatchedEngine({ keepStates });
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 2 ** 31 }),
          fc.integer({ min: 1, max: 5 }),
          fc.integer({ min: 0, max: 25 }),
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 1, max: 70 }),
          fc.boolean(),
          async (seed, qubits, gates, sets, rows, sharedInputs) => {
            const random = createRandom(seed);
            const { circuit, observables } = randomProblem(random, qubits, gates, {
              inputProducts: seed % 2 === 1,
              amplitudes: seed % 3 === 2,
            });
            const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
            const count = circuit.parameters.length;
            const parameters = draw(sets * count);
            const inputs = draw((sharedInputs ? rows : sets * rows) * circuit.inputs);
            const cotangents = draw(sets * rows * observables.length);
            const compiled = await engine.compile(circuit, observables);
            const batch = { sets, parameters, rows, inputs, sharedInputs };
            const gradient = await compiled.adjoint(batch, cotangents, { inputs: true });
            for (let set = 0; set < sets; set++) {
              const total = new Float64Array(count);
              for (let row = 0; row < rows; row++) {
                const execution = set * rows + row;
                const at = (sharedInputs ? row : execution) * circuit.inputs;
                const one = adjointGradient(
                  circuit,
                  observables,
                  cotangents.subarray(execution * observables.length),
                  parameters.subarray(set * count),
                  inputs.subarray(at),
                );
                for (let k = 0; k < count; k++) total[k] += one.parameters[k];
                const [i, o] = [circuit.inputs, observables.length];
                expectClose(gradient.inputs.subarray(execution * i, (execution + 1) * i), one.inputs, 'inputs');
                expectClose(
                  gradient.expectations.subarray(execution * o, (execution + 1) * o),
                  one.expectations,
                  'values',
                );
              }
              expectClose(gradient.parameters.subarray(set * count, (set + 1) * count), total, 'parameters');
            }
            const expectations = gradient.expectations.slice();
            expect(await compiled.forward(batch)).toEqual(expectations);
          },
        ),
        { numRuns: 40 },
      );
    },
  );
});
