import { randomProblem } from '@qloom/quantum/testing/random-problem.ts';
import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { createReferenceEngine } from '../reference-engine.ts';
import { createWasmEngine, type WasmEngineOptions } from './wasm-engine.ts';

const VARIANTS: WasmEngineOptions[] = (['float32', 'float64'] as const).flatMap((precision) =>
  ([1, 2] as const).flatMap((registers) =>
    [false, true].flatMap((fused) =>
      [false, true].map((keepsStates) => ({ precision, registers, fused, keepsStates })),
    ),
  ),
);

function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, what: string) {
  expect(actual.length).toBe(wanted.length);
  const largest = Array.from(wanted).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (let i = 0; i < wanted.length; i++) {
    if (!(Math.abs(actual[i] - wanted[i]) < tolerance * largest)) {
      throw new Error(`${what}[${i}]: ${actual[i]} instead of ${wanted[i]}`);
    }
  }
}

describe('wasm', () => {
  it.each(VARIANTS)('agrees with the reference on circuits of every gate: %o', async (options) => {
    const engine = createWasmEngine(options);
    const reference = createReferenceEngine();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 25 }),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 1, max: 19 }),
        fc.boolean(),
        fc.boolean(),
        async (seed, qubits, gates, sets, rows, sharedInputs, amplitudes) => {
          const random = createRandom(seed);
          const { circuit, observables } = randomProblem(random, qubits, gates, { inputProducts: true, amplitudes });
          const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
          const parameters = draw(sets * circuit.parameters.length);
          const inputs = draw((sharedInputs ? rows : sets * rows) * circuit.inputs);
          const cotangents = draw(sets * rows * observables.length);
          const batch = { sets, parameters, rows, inputs, sharedInputs };
          const compiled = await engine.compile(circuit, observables);
          const oracle = await (await reference.compile(circuit, observables)).adjoint(batch, cotangents, {
            inputs: true,
          });
          const actual = await compiled.adjoint(batch, cotangents, { inputs: true });
          const tolerance = options.precision === 'float64' ? 1e-11 : 5e-6;
          expectClose(actual.expectations, oracle.expectations, tolerance, 'values');
          expectClose(actual.parameters, oracle.parameters, 10 * tolerance, 'parameters');
          expectClose(actual.inputs, oracle.inputs, 10 * tolerance, 'inputs');
        },
      ),
      { numRuns: 12 },
    );
  });
});
