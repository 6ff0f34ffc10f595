import { randomProblem } from '@qloom/quantum/testing/random-problem.ts';
import { createRandom } from '@qloom/random/random.ts';
import { batchRounding, expectWithin } from '../testing/batch-rounding.ts';
import { BatchShapeError, type Engine } from './engine.ts';
import { ENGINES } from './engine-table.ts';
import { createReferenceEngine } from './reference-engine.ts';
import { createEngine, engineEntry } from './select-engine.ts';

const NAMES = ENGINES.flatMap(({ name, capabilities }) =>
  capabilities.precisions.map((precision) => [name, precision] as const),
);

/** The contract of every engine that is available. */
describe.each(NAMES)('engine %s, %s', (name, precision) => {
  let engine: Engine | null = null;
  const random = createRandom(11);
  const { circuit, observables } = randomProblem(random, 3, 12);
  const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const [sets, rows] = [2, 5];
  const batch = {
    sets,
    parameters: draw(sets * circuit.parameters.length),
    rows,
    inputs: draw(sets * rows * circuit.inputs),
  };
  const cotangents = draw(sets * rows * observables.length);

  beforeAll(async () => {
    const found = await engineEntry(name).find();
    if (found.available) engine = await createEngine(name, { precision });
    else await expect(createEngine(name)).rejects.toThrow(`'${name}' is not available: ${found.reason}`);
  });
  afterAll(() => engine?.dispose());

  /** A test of the engine, which passes trivially if it is absent; beforeAll has checked that the reason is given. */
  const promise = (title: string, test: (engine: Engine) => Promise<void>) =>
    it(title, async () => {
      if (engine) await test(engine);
    });

  promise('has the requested precision', async (engine) => {
    expect([engine.name, engine.precision]).toEqual([name, precision]);
  });

  promise('agrees with the reference', async (engine) => {
    const compiled = await engine.compile(circuit, observables);
    const oracle = await createReferenceEngine().compile(circuit, observables);
    const wanted = await oracle.adjoint(batch, cotangents, { inputs: true });
    const actual = await compiled.adjoint(batch, cotangents, { inputs: true });
    const bounds = batchRounding(circuit, observables, batch, cotangents, precision);
    expectWithin(actual, wanted, bounds);
    // A probability is the expectation of a projector, of norm 1.
    const probability = { terms: [{ coefficient: 1, paulis: '' }] };
    const [bound] = batchRounding(circuit, [probability], batch, new Float64Array(sets * rows), precision).expectations;
    const [likely, probable] = [await compiled.probabilities(batch), await oracle.probabilities(batch)];
    expect(likely).toHaveLength(probable.length);
    probable.forEach((value, i) => {
      expect(Math.abs(likely[i] - value)).toBeLessThanOrEqual(4 * bound);
    });
  });

  promise('returns the expectations of forward with its gradients, and the same bits again', async (engine) => {
    const compiled = await engine.compile(circuit, observables);
    const values = (await compiled.forward(batch)).slice();
    const first = await compiled.adjoint(batch, cotangents, { inputs: true });
    const kept = { parameters: first.parameters.slice(), inputs: first.inputs.slice() };
    expect(first.expectations).toEqual(values);
    const again = await compiled.adjoint(batch, cotangents, { inputs: true });
    expect(again.parameters).toEqual(kept.parameters);
    expect(again.inputs).toEqual(kept.inputs);
  });

  promise('requests cotangents row by row, with the row’s expectations', async (engine) => {
    const compiled = await engine.compile(circuit, observables);
    const values = (await compiled.forward(batch)).slice();
    const asked: number[] = [];
    const gradient = await compiled.differentiate(batch, (set, row, expectations, out) => {
      const at = (set * rows + row) * observables.length;
      asked.push(set * rows + row);
      expect([...expectations]).toEqual([...values.subarray(at, at + observables.length)]);
      out.set(cotangents.subarray(at, at + observables.length));
    });
    expect(asked).toEqual(Array.from({ length: sets * rows }, (_, i) => i));
    const kept = gradient.parameters.slice();
    expect((await compiled.adjoint(batch, cotangents)).parameters).toEqual(kept);
    expect(gradient.inputs).toHaveLength(0);
  });

  promise('gives a row the same bits independently of the other rows', async (engine) => {
    const compiled = await engine.compile(circuit, observables);
    const all = (await compiled.forward(batch)).slice();
    const count = circuit.parameters.length;
    const one = {
      sets: 1,
      parameters: batch.parameters.slice(count),
      rows: 1,
      inputs: batch.inputs.slice((rows + 3) * circuit.inputs, (rows + 4) * circuit.inputs),
    };
    const at = (rows + 3) * observables.length;
    expect(await compiled.forward(one)).toEqual(all.slice(at, at + observables.length));
  });

  promise('refuses arrays of the wrong length, with both lengths', async (engine) => {
    const compiled = await engine.compile(circuit, observables);
    const short = { ...batch, inputs: batch.inputs.slice(1) };
    await expect(compiled.forward(short)).rejects.toThrow(BatchShapeError);
    await expect(compiled.forward(short)).rejects.toThrow('inputs: 29 values; shape [2,5,3] needs 30');
    await expect(compiled.adjoint(batch, cotangents.slice(2))).rejects.toThrow('cotangents: 28 values');
  });

  promise('refuses 21 qubits and malformed observables before it allocates', async (engine) => {
    const wide = { ...circuit, qubits: 21 };
    await expect(engine.compile(wide, observables)).rejects.toThrow('21 qubits are above the maximum of 20');
    const bad = [{ terms: [{ coefficient: 1, paulis: 'IIIZ' }] }];
    await expect(engine.compile(circuit, bad)).rejects.toThrow("acts on more than the circuit's 3 qubits");
  });
});
