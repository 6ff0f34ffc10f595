import { createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { constant, input, inputProduct, parameter, sum } from '@qloom/quantum/gates/angle.ts';
import { gateSize, type LibraryGateName } from '@qloom/quantum/gates/gate-library.ts';
import { GATES } from '@qloom/quantum/gates/gates.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { goldenCircuits } from '@qloom/quantum/testing/golden.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { batchRounding, expectWithin } from '../../../testing/batch-rounding.ts';
import type { BatchGradient } from '../../engine.ts';
import { createReferenceEngine } from '../../reference-engine.ts';
import { planStructure } from '../lowering/structure.ts';
import { createWasmEngine, type WasmEngineOptions } from '../wasm-engine.ts';
import { findEncoding } from './encoding.ts';

const NAMES = Object.keys(GATES) as LibraryGateName[];
const VARIANTS: WasmEngineOptions[] = (['float32', 'float64'] as const).flatMap((precision) =>
  ([1, 2] as const).flatMap((registers) =>
    [false, true].map((keepsStates) => ({ precision, registers, keepsStates, fused: registers === 2 && keepsStates })),
  ),
);

/** A random circuit that encodes once, by RX or RY on some qubits or as amplitudes, with random observables. */
function randomEncodeOnce(random: Random, qubits: number, gates: number, amplitudes: boolean) {
  const inputs = amplitudes ? 1 + random.integer(2 ** qubits) : 1 + random.integer(3);
  const preparation = amplitudes ? ({ kind: 'amplitude', inputs } as const) : undefined;
  const builder = createCircuitBuilder({ qubits, inputs, preparation });
  if (!amplitudes) {
    const encoded = [...random.permutation(qubits)].slice(0, 1 + random.integer(qubits));
    for (const q of encoded) {
      if (random.integer(3) === 0) builder.gate('ry', [q], constant(random.normal()));
      const product = inputProduct(random.integer(inputs), random.integer(inputs), 0.8);
      const own =
        random.integer(4) === 0 ? sum(product, input(0, -0.5)) : input(random.integer(inputs), random.normal());
      builder.gate(random.integer(2) === 0 ? 'rx' : 'ry', [q], own);
    }
  }
  const shared = builder.parameter();
  const names = NAMES.filter((name) => gateSize(name).qubits <= qubits);
  const kinds = [
    () => constant(random.normal()),
    () => parameter(builder.parameter(), random.normal()),
    () => sum(parameter(shared), constant(0.3)),
  ];
  for (let g = 0; g < gates; g++) {
    const name = names[random.integer(names.length)];
    const size = gateSize(name);
    const on = [...random.permutation(qubits)].slice(0, size.qubits);
    builder.gate(name, on, ...Array.from({ length: size.angles }, () => kinds[random.integer(kinds.length)]()));
  }
  const string = () => Array.from({ length: qubits }, () => 'IXYZ'[random.integer(4)]).join('');
  const observables: Observable[] = Array.from({ length: 1 + random.integer(8) }, () => ({
    terms: Array.from({ length: 1 + random.integer(3) }, () => ({ coefficient: random.normal(), paulis: string() })),
  }));
  return { circuit: builder.build(), observables };
}

function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, what: string) {
  expect(actual.length).toBe(wanted.length);
  const largest = Array.from(wanted).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (let i = 0; i < wanted.length; i++) {
    if (!(Math.abs(actual[i] - wanted[i]) < tolerance * largest)) {
      throw new Error(`${what}[${i}]: ${actual[i]} instead of ${wanted[i]}`);
    }
  }
}

describe('columns of a circuit that encodes once', () => {
  it.each(VARIANTS)('agree with the reference on circuits of every gate: %o', async (options) => {
    const engine = createWasmEngine({ ...options, encodeOnce: true });
    const reference = createReferenceEngine();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 25 }),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        fc.boolean(),
        async (seed, qubits, gates, sets, rows, sharedInputs, amplitudes) => {
          const random = createRandom(seed);
          const { circuit, observables } = randomEncodeOnce(random, qubits, gates, amplitudes);
          const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
          const parameters = draw(sets * circuit.parameters.length);
          const inputs = draw((sharedInputs ? rows : sets * rows) * circuit.inputs);
          const cotangents = draw(sets * rows * observables.length);
          const batch = { sets, parameters, rows, inputs, sharedInputs };
          const oracle = await (await reference.compile(circuit, observables)).adjoint(batch, cotangents, {
            inputs: true,
          });
          const compiled = await engine.compile(circuit, observables);
          const actual = await compiled.adjoint(batch, cotangents, { inputs: true });
          const format = options.precision ?? 'float32';
          expectWithin(actual, oracle, batchRounding(circuit, observables, batch, cotangents, format));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('agree with PennyLane and Qiskit on the golden circuits that encode once', async () => {
    const some = goldenCircuits().filter(({ circuit, observables }) =>
      findEncoding(planStructure(circuit, observables)),
    );
    expect(some.length).toBeGreaterThan(4);
    for (const precision of ['float32', 'float64'] as const) {
      // As in engine/golden.spec.ts: float32 has 7 digits, of which a few hundred gates lose two; golden values have 14
      // decimals.
      const [value, slope] = precision === 'float64' ? [1e-10, 1e-10] : [1e-5, 1e-4];
      const engine = createWasmEngine({ precision, encodeOnce: true });
      for (const golden of some) {
        const compiled = await engine.compile(golden.circuit, golden.observables);
        for (let k = 0; k < golden.observables.length; k++) {
          const cotangents = Float64Array.from(golden.observables, (_, other) => (other === k ? 1 : 0));
          const batch = { sets: 1, parameters: golden.parameters, rows: 1, inputs: golden.inputs };
          const gradient = await compiled.adjoint(batch, cotangents, { inputs: true });
          expectClose(gradient.expectations, golden.expectations, value, `${golden.name}, values`);
          expectClose(gradient.parameters, golden.parameterJacobian[k], slope, `${golden.name}, parameters`);
          expectClose(gradient.inputs, golden.inputJacobian[k], slope, `${golden.name}, inputs`);
        }
      }
    }
  });

  it('keep float32 within 1e-5, and gradients within 1e-4 of the largest, on 6 qubits, 20 layers and 3,000 rows', async () => {
    const { circuit, observables } = deep(6, 20);
    const random = createRandom('float32');
    const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
    const batch = { sets: 1, parameters: draw(circuit.parameters.length), rows: 3000, inputs: draw(3000 * 6) };
    const cotangents = draw(3000 * observables.length);
    const gradient = async (options: WasmEngineOptions) =>
      (await createWasmEngine(options).compile(circuit, observables)).adjoint(batch, cotangents, { inputs: true });
    const single = await gradient({ precision: 'float32', encodeOnce: true });
    const double = await gradient({ precision: 'float64', encodeOnce: false });
    const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = (key: 'expectations' | 'parameters' | 'inputs') =>
      largest(single[key].map((value, i) => value - double[key][i]));
    // 360 gates, 12 roundings each: √4320·u = 3.9e-6 is the deviation of an amplitude. Gradients are sums of 3,000 rows.
    expect(worst('expectations')).toBeLessThan(1e-5);
    expect(worst('parameters')).toBeLessThan(1e-4 * largest(double.parameters));
    expect(worst('inputs')).toBeLessThan(1e-4 * largest(double.inputs));
    expect(worst('expectations')).toBeGreaterThan(0);
  });
});

/** RY(x) once on every qubit, then layers of RY, RZ and CNOTs; ⟨Z⟩ of every qubit, two of them in one observable. */
function deep(qubits: number, layers: number) {
  const circuit = buildQnnCircuit({
    ...{ qubits, layers, ansatz: 'hardware-efficient', inputs: qubits },
    encodingOptions: { reupload: false },
  });
  const z = (q: number) => ({ coefficient: 1 / (1 + q), paulis: `${'I'.repeat(q)}Z` });
  const observables: Observable[] = Array.from({ length: qubits - 1 }, (_, q) => ({ terms: [z(q), z(q + 1)] }));
  return { circuit, observables };
}

describe('a circuit that is executed by columns', () => {
  const { circuit, observables } = deep(4, 3);
  const random = createRandom('promises');
  const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const [sets, rows] = [2, 67];
  const batch = {
    sets,
    parameters: draw(sets * circuit.parameters.length),
    rows,
    inputs: draw(sets * rows * circuit.inputs),
  };
  const cotangents = draw(sets * rows * observables.length);
  const compile = (options: WasmEngineOptions = {}) =>
    createWasmEngine({ encodeOnce: true, ...options }).compile(circuit, observables);
  const copied = ({ expectations, parameters, inputs }: BatchGradient) => ({
    expectations: expectations.slice(),
    parameters: parameters.slice(),
    inputs: inputs.slice(),
  });

  it('returns the expectations of forward with its gradients, and the same bits after any other execution', async () => {
    const compiled = await compile();
    const values = (await compiled.forward(batch)).slice();
    const first = copied(await compiled.adjoint(batch, cotangents, { inputs: true }));
    expect(first.expectations).toEqual(values);
    await compiled.probabilities(batch);
    await compiled.adjoint({ ...batch, inputs: batch.inputs.map(() => Number.NaN) }, cotangents, { inputs: true });
    await compiled.forward({ ...batch, parameters: batch.parameters.map(() => Number.NaN) });
    expect(copied(await compiled.adjoint(batch, cotangents, { inputs: true }))).toEqual(first);
    expect(copied(await (await compile()).adjoint(batch, cotangents, { inputs: true }))).toEqual(first);
  });

  it('requests cotangents row by row, with the row’s expectations, and returns the bits of adjoint', async () => {
    const compiled = await compile();
    const first = copied(await compiled.adjoint(batch, cotangents, { inputs: true }));
    const asked: number[] = [];
    const gradient = await compiled.differentiate(
      batch,
      (set, row, values, out) => {
        const at = (set * rows + row) * observables.length;
        asked.push(set * rows + row);
        expect([...values]).toEqual([...first.expectations.subarray(at, at + observables.length)]);
        out.set(cotangents.subarray(at, at + observables.length));
      },
      { inputs: true },
    );
    expect(asked).toEqual(Array.from({ length: sets * rows }, (_, i) => i));
    expect(copied(gradient)).toEqual(first);
    expect((await compiled.adjoint(batch, cotangents)).inputs).toHaveLength(0);
  });

  it('gives a row the same bits independently of other rows and parameter vectors', async () => {
    const compiled = await compile();
    const all = copied(await compiled.adjoint(batch, cotangents, { inputs: true }));
    const at = rows + 66;
    const one = {
      sets: 1,
      parameters: batch.parameters.slice(circuit.parameters.length),
      rows: 1,
      inputs: batch.inputs.slice(at * circuit.inputs, (at + 1) * circuit.inputs),
    };
    const width = observables.length;
    const alone = await compiled.adjoint(one, cotangents.slice(at * width, (at + 1) * width), { inputs: true });
    expect(alone.expectations).toEqual(all.expectations.slice(at * width, (at + 1) * width));
    expect(alone.inputs).toEqual(all.inputs.slice(at * circuit.inputs, (at + 1) * circuit.inputs));
  });

  it('includes only the cotangents of the batch in the gradient', async () => {
    const compiled = await compile();
    await compiled.adjoint(batch, cotangents);
    const some = { ...batch, rows: 5, inputs: batch.inputs.slice(0, sets * 5 * circuit.inputs) };
    const few = cotangents.slice(0, sets * 5 * observables.length);
    const wanted = (await (await compile()).adjoint(some, few)).parameters.slice();
    expect((await compiled.adjoint(some, few)).parameters).toEqual(wanted);
  });

  it.each(['cross-entropy', 'mse'] as const)('trains with %s as in the execution row by row', async (loss) => {
    const train = async (encodeOnce: boolean, calls: readonly number[]) => {
      const compiled = await compile({ precision: 'float64', encodeOnce });
      const labels = Int32Array.from({ length: rows }, (_, i) => i % observables.length);
      const sets = [0, 1].map((set) => ({
        parameters: batch.parameters.slice(set * circuit.parameters.length, (set + 1) * circuit.parameters.length),
        inputs: batch.inputs.slice(0, rows * circuit.inputs),
        labels,
      }));
      const trainer = compiled.createTrainer?.({ loss, scale: 2, learningRate: 0.05, rows: 33, sets });
      if (!trainer) throw new TypeError('engine wasm trains');
      const losses: number[] = [];
      const drawn = createRandom('points');
      for (const count of calls) {
        const indices = Int32Array.from({ length: count * sets.length * 33 }, () => drawn.integer(rows));
        losses.push(...(await trainer.run(count, indices)));
      }
      return { losses, parameters: [...trainer.parameters(0), ...trainer.parameters(1)] };
    };
    const [columns, rowWise] = [await train(true, [20]), await train(false, [20])];
    expectClose(columns.losses, rowWise.losses, 1e-9, 'losses');
    expectClose(columns.parameters, rowWise.parameters, 1e-8, 'parameters');
    expect(columns.losses[38]).toBeLessThan(columns.losses[0]);
    expect(await train(true, [1, 12, 7])).toEqual(columns);
  });

  it('is selected for trainings by their own number of rows', async () => {
    const { circuit, observables } = deep(4, 6);
    const sets = [{ parameters: draw(circuit.parameters.length), inputs: draw(512 * 4), labels: new Int32Array(512) }];
    const train = async (encodeOnce: 'auto' | boolean, rows: number) => {
      const compiled = await createWasmEngine({ encodeOnce }).compile(circuit, observables);
      const trainer = compiled.createTrainer?.({ loss: 'mse', scale: 1, learningRate: 0.05, rows, sets });
      await trainer?.run(
        3,
        Int32Array.from({ length: 3 * rows }, (_, i) => i % 512),
      );
      return trainer?.parameters(0);
    };
    expect(await train('auto', 8)).toEqual(await train(false, 8));
    expect(await train('auto', 8)).not.toEqual(await train(true, 8));
    expect(await train('auto', 512)).toEqual(await train(true, 512));
  });
});
