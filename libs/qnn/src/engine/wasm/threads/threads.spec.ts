import { setImmediate } from 'node:timers/promises';
import { CircuitError } from '@qloom/quantum/errors.ts';
import { randomProblem } from '@qloom/quantum/testing/random-problem.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import fc from 'fast-check';
import type { CircuitBatch, CompiledCircuit } from '../../engine.ts';
import type { RowCotangents } from '../../row-loss.ts';
import { lossCotangents } from '../../row-loss.ts';
import { compileCircuit, createWasmEngine, EngineThreadsError } from '../wasm-engine.ts';
import { type Crew, createCrew } from './crew.ts';

const COMPILE = { registers: 2, fused: false, maxBytes: 2 ** 30 } as const;

/** Ready threads that share tasks of any size. */
async function startCrew(threads: number): Promise<Crew> {
  const crew = createCrew(threads, { leastWork: 0 });
  const { circuit, observables } = randomProblem(createRandom('start'), 2, 3);
  const compiled = compileCircuit(circuit, observables, { ...COMPILE, precision: 'float32' }, crew);
  const batch = {
    sets: 2,
    parameters: new Float64Array(2 * circuit.parameters.length),
    rows: 1,
    inputs: new Float64Array(6),
  };
  while (crew.ready < threads - 1) {
    await compiled.forward(batch);
    await setImmediate();
  }
  return crew;
}

/** All results of a compiled circuit for a problem: names with bits. */
async function everything(compiled: CompiledCircuit, random: Random, batch: CircuitBatch) {
  const { circuit, observables } = compiled;
  const { sets, rows } = batch;
  const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const targets = draw(sets * rows * observables.length);
  const labelled = (count: number) => Int32Array.from({ length: count }, () => random.integer(observables.length));
  const found: Record<string, Float64Array> = {
    values: (await compiled.forward(batch)).slice(),
    probabilities: await compiled.probabilities(batch),
  };
  const add = async (name: string, gradient: ReturnType<CompiledCircuit['adjoint']>) => {
    const { expectations, parameters, inputs } = await gradient;
    for (const [part, values] of Object.entries({ expectations, parameters, inputs })) {
      found[`${name}: ${part}`] = values.slice();
    }
  };
  await add('adjoint', compiled.adjoint(batch, draw(sets * rows * observables.length), { inputs: true }));
  const losses = {
    squares: lossCotangents({ kind: 'squared-error', rows, targets }),
    classes: lossCotangents({
      kind: 'classification',
      rows,
      loss: 'cross-entropy',
      scale: 1.3,
      labels: labelled(sets * rows),
    }),
  };
  for (const [name, loss] of Object.entries(losses)) {
    await add(name, compiled.differentiate(batch, loss));
    const callback: RowCotangents = (set, row, values, slopes) => loss(set, row, values, slopes);
    await add(`${name}, called back`, compiled.differentiate(batch, callback));
  }
  const size = circuit.parameters.length;
  const points = Array.from({ length: sets }, (_, set) => ({
    parameters: batch.parameters.slice(set * size, (set + 1) * size),
    inputs: draw(9 * circuit.inputs),
    labels: labelled(9),
  }));
  for (const loss of ['cross-entropy', 'mse'] as const) {
    const trainer = compiled.createTrainer?.({ loss, scale: 1.5, learningRate: 0.02, rows, sets: points });
    if (!trainer) throw new TypeError('engine wasm has a trainer');
    for (let call = 0; call < 2; call++) {
      const indices = Int32Array.from({ length: 2 * sets * rows }, () => random.integer(9));
      found[`${loss}: losses ${call}`] = (await trainer.run(2, indices)).slice();
    }
    for (let set = 0; set < sets; set++) found[`${loss}: trained ${set}`] = trainer.parameters(set);
  }
  return found;
}

describe('threads of engine wasm', () => {
  const crews: Crew[] = [];
  beforeAll(async () => {
    crews.push(await startCrew(2), await startCrew(3));
  });
  afterAll(() => {
    for (const crew of crews) crew.close();
  });

  it('do not change a bit of any result: one, two and three', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 0, max: 2 ** 31 }),
          // From 8 qubits on chunks have 16 rows instead of 64.
          qubits: fc.constantFrom(1, 2, 4, 8),
          gates: fc.integer({ min: 0, max: 20 }),
          sets: fc.integer({ min: 1, max: 4 }),
          rows: fc.integer({ min: 1, max: 140 }),
          sharedInputs: fc.boolean(),
          amplitudes: fc.boolean(),
          precision: fc.constantFrom('float32' as const, 'float64' as const),
          keepsStates: fc.boolean(),
        }),
        async ({ seed, qubits, gates, sets, rows, sharedInputs, amplitudes, precision, keepsStates }) => {
          const { circuit, observables } = randomProblem(createRandom(seed), qubits, gates, {
            inputProducts: true,
            amplitudes,
          });
          const random = createRandom(seed).fork('batch');
          const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
          const parameters = draw(sets * circuit.parameters.length);
          const batch = { sets, parameters, rows, inputs: draw((sharedInputs ? rows : sets * rows) * 3), sharedInputs };
          const inputs = batch.inputs.subarray(0, (sharedInputs ? rows : sets * rows) * circuit.inputs);
          const [alone, ...shared] = [null, ...crews].map((crew) =>
            compileCircuit(circuit, observables, { ...COMPILE, precision, keepsStates }, crew),
          );
          const wanted = await everything(alone, createRandom(seed), { ...batch, inputs });
          for (const compiled of shared) {
            expect(await everything(compiled, createRandom(seed), { ...batch, inputs })).toEqual(wanted);
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('sum chunks in their order: a batch has the bits of its chunks’ sums', async () => {
    const { circuit, observables } = randomProblem(createRandom(5), 8, 20, { names: ['ry', 'cx', 'h'] });
    const random = createRandom('chunks');
    const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
    const rows = 41;
    const parameters = draw(circuit.parameters.length);
    const inputs = draw(rows * circuit.inputs);
    const cotangents = draw(rows * observables.length);
    const compiled = compileCircuit(circuit, observables, { ...COMPILE, precision: 'float32' }, crews[1]);
    const whole = (await compiled.adjoint({ sets: 1, parameters, rows, inputs }, cotangents)).parameters.slice();
    const parts: Float64Array[] = [];
    for (let row = 0; row < rows; row += 16) {
      const count = Math.min(16, rows - row);
      const some = (values: Float64Array, width: number) => values.slice(row * width, (row + count) * width);
      const part = { sets: 1, parameters, rows: count, inputs: some(inputs, circuit.inputs) };
      parts.push((await compiled.adjoint(part, some(cotangents, observables.length))).parameters.slice());
    }
    // Parameters that several gates share add up gate by gate; they are the first two here.
    const sums = parts.reduce((total, part) => total.map((value, i) => value + part[i]));
    expect(parts).toHaveLength(3);
    expect(whole.slice(2)).toEqual(sums.slice(2));
  });

  it('throw the error of a single thread for an input that cannot be prepared', async () => {
    const { circuit, observables, parameters } = randomProblem(createRandom(2), 2, 4, { amplitudes: true });
    const rows = 150;
    const inputs = new Float64Array(rows * circuit.inputs).fill(0.5);
    inputs.fill(0, 140 * circuit.inputs, 141 * circuit.inputs);
    const options = { ...COMPILE, precision: 'float32' as const };
    for (const crew of [null, ...crews]) {
      const compiled = compileCircuit(circuit, observables, options, crew);
      const refused = compiled.forward({ sets: 1, parameters, rows, inputs });
      await expect(refused).rejects.toThrow(CircuitError);
      inputs[140 * circuit.inputs] = 1;
      await expect(compiled.forward({ sets: 1, parameters, rows, inputs })).resolves.toHaveLength(
        rows * observables.length,
      );
      inputs[140 * circuit.inputs] = 0;
    }
  });

  it('are shared by all circuits of an engine, also by two concurrent calls', async () => {
    const problems = [3, 4, 5].map((qubits) => randomProblem(createRandom(qubits), qubits, 12));
    const options = { ...COMPILE, precision: 'float64' as const };
    const compile = (crew: Crew | null) =>
      problems.map(({ circuit, observables }) => compileCircuit(circuit, observables, options, crew));
    const batches = problems.map(({ circuit, parameters }) => {
      const random = createRandom(circuit.qubits);
      const inputs = Float64Array.from({ length: 300 * circuit.inputs }, () => random.normal());
      return { sets: 1, parameters, rows: 300, inputs };
    });
    const run = (some: readonly CompiledCircuit[]) => Promise.all(some.map((one, i) => one.forward(batches[i])));
    const wanted = await run(compile(null));
    const shared = compile(crews[0]);
    for (let again = 0; again < 3; again++) expect(await run(shared)).toEqual(wanted);
  });

  it('must be a whole number of at least 1', () => {
    for (const threads of [0, -1, 1.5, Number.NaN, 2000]) {
      expect(() => createWasmEngine({ threads })).toThrow(EngineThreadsError);
    }
    expect(() => createWasmEngine({ threads: 0 })).toThrow('threads: 0; a whole number from 1 to 1024 is right');
  });
});
