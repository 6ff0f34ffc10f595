import { goldenCircuits } from '@qloom/quantum/testing/golden.ts';
import type { Engine } from './engine.ts';
import { ENGINES } from './engine-table.ts';
import { createEngine, engineEntry } from './select-engine.ts';

const golden = goldenCircuits();
/**
 * A software GPU needs half a second to compile a short circuit and minutes for a hundred gates: it is tested on every
 * third short circuit, and on all circuits with QLOOM_LONG_TESTS=1.
 */
const SHORT = 8;
const NAMES = ENGINES.flatMap(({ name, capabilities }) =>
  capabilities.precisions.map((precision) => [name, precision] as const),
);

/** Largest difference between two rows of numbers. */
const difference = (actual: ArrayLike<number>, wanted: ArrayLike<number>): number => {
  expect(actual.length).toBe(wanted.length);
  return Array.from(actual).reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
};

/**
 * Every available engine is compared with results on which PennyLane and Qiskit agree: expectations and both Jacobians.
 */
describe.each(NAMES)('engine %s, %s', (name, precision) => {
  let engine: Engine | null = null;
  let circuits = golden;
  beforeAll(async () => {
    const found = await engineEntry(name).find();
    if (process.env.QLOOM_REQUIRE_WEBGPU === '1' && name === 'webgpu') expect(found).toMatchObject({ available: true });
    if (found.available) {
      engine = await createEngine(name, { precision });
      const slow = found.automatic === false && process.env.QLOOM_LONG_TESTS !== '1';
      if (slow) circuits = golden.filter(({ circuit }) => circuit.gates.length <= SHORT).filter((_, i) => i % 3 === 0);
    } else console.warn(`engine ${name} is skipped: ${found.reason}`);
  });
  afterAll(() => engine?.dispose());

  it('agrees with PennyLane and Qiskit on the golden circuits', async () => {
    if (!engine) return;
    // float32 has 7 digits, of which a few hundred gates lose two; the golden values have 14 decimals.
    const [value, slope] = precision === 'float64' ? [1e-10, 1e-10] : [1e-5, 1e-4];
    expect(circuits.length).toBeGreaterThan(12);
    for (const one of circuits) {
      const sets = one.observables.length;
      const repeat = (values: Float64Array) =>
        Float64Array.from({ length: sets * values.length }, (_, i) => values[i % values.length]);
      const batch = { sets, parameters: repeat(one.parameters), rows: 1, inputs: one.inputs, sharedInputs: true };
      // Set k differentiates observable k.
      const cotangents = Float64Array.from({ length: sets * sets }, (_, i) => (i % (sets + 1) === 0 ? 1 : 0));
      const compiled = await engine.compile(one.circuit, one.observables);
      const gradient = await compiled.adjoint(batch, cotangents, { inputs: true });
      const scale = (jacobian: readonly (readonly number[])[]) => Math.max(1, ...jacobian.flat().map(Math.abs));
      const worst = {
        circuit: one.name,
        expectations: difference(gradient.expectations.subarray(0, sets), one.expectations),
        parameters: difference(gradient.parameters, one.parameterJacobian.flat()) / scale(one.parameterJacobian),
        inputs: difference(gradient.inputs, one.inputJacobian.flat()) / scale(one.inputJacobian),
      };
      const failed = worst.expectations > value || worst.parameters > slope || worst.inputs > slope;
      if (failed) throw new Error(`${JSON.stringify(worst)}; allowed are ${value} and ${slope}`);
    }
  });
});
