import { CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import { pauli } from '@qloom/quantum/observables/observable.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { randomProblem } from '@qloom/quantum/testing/random-problem.ts';
import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { batchRounding, expectWithin } from '../../testing/batch-rounding.ts';
import type { Precision } from '../engine.ts';
import { createReferenceEngine } from '../reference-engine.ts';
import { lossCotangents } from '../row-loss.ts';
import { planProgram } from './compile.ts';
import { createWasmEngine, type WasmEngineOptions } from './wasm-engine.ts';

const VARIANTS: WasmEngineOptions[] = (['float32', 'float64'] as const).flatMap((precision) =>
  ([1, 2] as const).flatMap((registers) =>
    [false, true].flatMap((fused) =>
      [false, true].map((keepsStates) => ({ precision, registers, fused, keepsStates })),
    ),
  ),
);

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
          const format = options.precision ?? 'float32';
          expectWithin(actual, oracle, batchRounding(circuit, observables, batch, cotangents, format));
        },
      ),
      { numRuns: 12 },
    );
  });

  it.each(['float32', 'float64'] as const)(
    'gives the same bits for a loss that is data as for a callback: %s',
    async (precision) => {
      const engine = createWasmEngine({ precision });
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 2 ** 31 }),
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 1, max: 19 }),
          async (seed, qubits, rows) => {
            const random = createRandom(seed);
            const { circuit, observables } = randomProblem(random, qubits, 10);
            const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
            const parameters = draw(2 * circuit.parameters.length);
            const batch = { sets: 2, parameters, rows, inputs: draw(2 * rows * circuit.inputs) };
            // Observables of several terms each, as drawn, and of one term.
            for (const some of [observables, Array.from({ length: qubits }, (_, q) => pauli('Z', [q]))]) {
              const loss = lossCotangents({ kind: 'squared-error', rows, targets: draw(2 * rows * some.length) });
              const compiled = await engine.compile(circuit, some);
              const asData = structuredClone(await compiled.differentiate(batch, loss, { inputs: true }));
              const called = await compiled.differentiate(batch, (...given) => loss(...given), { inputs: true });
              expect(asData).toEqual(called);
            }
          },
        ),
        { numRuns: 20 },
      );
    },
  );

  it('agrees with the reference on a circuit of 600 gates, whose module is large', async () => {
    const { circuit, observables, parameters, inputs, cotangents } = randomProblem(createRandom(7), 6, 600);
    const batch = { sets: 1, parameters, rows: 1, inputs };
    const [oracle, actual] = await Promise.all(
      [createReferenceEngine(), createWasmEngine({ precision: 'float64' })].map(async (engine) =>
        (await engine.compile(circuit, observables)).adjoint(batch, cotangents, { inputs: true }),
      ),
    );
    expectWithin(actual, oracle, batchRounding(circuit, observables, batch, cotangents, 'float64'));
  });

  it('keeps float32 within 1e-5, and gradients within 1e-4 of the largest, on 12 qubits and 10 layers', async () => {
    const circuit = buildQnnCircuit({ qubits: 12, layers: 10, ansatz: 'data-reuploading', inputs: 12 });
    const observables = Array.from({ length: 12 }, (_, q) => pauli('Z', [q]));
    const random = createRandom('float32');
    const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
    const batch = { sets: 1, parameters: draw(circuit.parameters.length), rows: 2, inputs: draw(24) };
    const cotangents = draw(2 * observables.length);
    const gradient = async (precision: Precision) => {
      const compiled = await createWasmEngine({ precision }).compile(circuit, observables);
      return compiled.adjoint(batch, cotangents, { inputs: true });
    };
    // The test above compares float64 with the reference.
    const [single, double] = [await gradient('float32'), await gradient('float64')];
    // Accuracy that engines guarantee at this size. Its 240 gates cause 12·240 roundings of an amplitude, hence a
    // deviation of √2880·u = 3.2e-6, a third of 1e-5; a gradient has three passes, and sums twenty angles for an input.
    const worst = (actual: Float64Array, wanted: Float64Array) =>
      wanted.reduce((most, value, i) => Math.max(most, Math.abs(actual[i] - value)), 0);
    const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(worst(single.expectations, double.expectations)).toBeLessThan(1e-5);
    expect(worst(single.parameters, double.parameters)).toBeLessThan(1e-4 * largest(double.parameters));
    expect(worst(single.inputs, double.inputs)).toBeLessThan(1e-4 * largest(double.inputs));
    expect(worst(single.expectations, double.expectations)).toBeGreaterThan(0);
  });

  it('gives the same bits after any other execution', async () => {
    const { circuit, observables, parameters, inputs } = randomProblem(createRandom(3), 4, 60);
    const compile = () => createWasmEngine().compile(circuit, observables);
    const batch = { sets: 1, parameters, rows: 1, inputs };
    const fresh = (await (await compile()).forward(batch)).slice();
    const used = await compile();
    await used.forward({ ...batch, parameters: parameters.map((value) => 3 * value + 1) });
    expect(await used.forward(batch)).toEqual(fresh);
  });

  it('reports the memory that a circuit needs and the number of qubits that fit, before it allocates', async () => {
    const small = createWasmEngine({ limits: { maxStateBytes: 2 ** 22 } });
    const compile = (qubits: number) => {
      const circuit = buildQnnCircuit({ qubits, layers: 3, ansatz: 'hardware-efficient', inputs: qubits });
      return small.compile(circuit, [pauli('Z', [0])]);
    };
    const refused = compile(16);
    await expect(refused).rejects.toThrow(CircuitTooLargeError);
    await expect(refused).rejects.toThrow(
      /^wasm: 16 qubits need \d+ bytes for this circuit; at most 4194304 bytes are right, enough for 14 qubits/,
    );
    await expect(compile(14)).resolves.toBeDefined();
  });

  it('prepares 20 qubits without allocating, within 512 MiB', () => {
    const circuit = buildQnnCircuit({ qubits: 20, layers: 6, ansatz: 'hardware-efficient', inputs: 20 });
    const options = { precision: 'float32', registers: 1, fused: false, maxBytes: 2 ** 29 } as const;
    const { memory } = planProgram(circuit, [pauli('Z', [0])], options);
    expect(memory.keepsStates).toBe(false);
    expect(memory.bytes).toBeGreaterThan(2 * 8 * 4 * 2 ** 20);
  });
});
