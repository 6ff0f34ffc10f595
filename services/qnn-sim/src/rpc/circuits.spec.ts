import { status } from '@grpc/grpc-js';
import { CircuitSettings, ExpectationRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { parseObservable } from '@qloom/quantum/observables/observable-text.ts';
import { writeOpenQasm } from '@qloom/quantum/qasm/write-openqasm.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { adjointGradient } from '@qloom/quantum/simulation/adjoint.ts';
import { createRandom } from '@qloom/random/random.ts';
import { decodeTensor, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { type ServedSimulator, serveSimulator } from '../testing/serve-simulator.ts';

let served: ServedSimulator;

beforeAll(async () => {
  served = await serveSimulator();
});
afterAll(() => served.close());

describe('Expectation and Gradient', () => {
  const circuit = CircuitSettings.fromPartial({ qubits: 3, layers: 2, ansatz: 'strongly-entangling', inputs: 2 });
  const observables = ['Z0', '0.5*X0 X1 - 1.2*Y2'];
  const random = createRandom(5);
  const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const inputs = draw(4 * 2);
  const parameters = draw(18);
  const weights = draw(4 * 2);
  const request = (given: Partial<ExpectationRequest> = {}): ExpectationRequest => ({
    ...ExpectationRequest.fromPartial({ engine: 'auto', precision: 'float64' }),
    circuit,
    observables,
    inputs: encodeTensor(inputs, [4, 2]),
    parameters: encodeTensor(parameters),
    ...given,
  });

  it('agree with the float64 reference', async () => {
    const answer = await served.simulator.gradient({
      expectation: request(),
      weights: encodeTensor(weights, [4, 2]),
      method: '',
    });
    const values = decodeTensor(answer.values, { dtype: 'float64', shape: [4, 2] });
    const inputGradient = decodeTensor(answer.inputGradient, { dtype: 'float64', shape: [4, 2] });
    const parameterGradient = decodeTensor(answer.parameterGradient, { dtype: 'float64', shape: [18] });
    const total = new Float64Array(18);
    const model = buildQnnCircuit({ qubits: 3, layers: 2, inputs: 2, ansatz: 'strongly-entangling' });
    for (let row = 0; row < 4; row++) {
      const one = adjointGradient(
        model,
        observables.map((text) => parseObservable(text, 3)),
        weights.subarray(2 * row),
        parameters,
        inputs.subarray(2 * row),
      );
      one.parameters.forEach((value, i) => {
        total[i] += value;
      });
      for (let k = 0; k < 2; k++) {
        expect(values[2 * row + k]).toBeCloseTo(one.expectations[k], 12);
        expect(inputGradient[2 * row + k]).toBeCloseTo(one.inputs[k], 11);
      }
    }
    total.forEach((value, i) => {
      expect(parameterGradient[i]).toBeCloseTo(value, 11);
    });
    const expectation = await served.simulator.expectation(request());
    expect(decodeTensor(expectation.values, { dtype: 'float64' })).toEqual(values);
    expect(expectation.engine).toBe('wasm');
    // The engine's default precision is float32: twelve roundings of an amplitude for each of a dozen gates, √144·u =
    // 7e-7.
    const single = await served.simulator.expectation(request({ precision: '' }));
    decodeTensor(single.values, { dtype: 'float64' }).forEach((value, i) => {
      expect(value).toBeCloseTo(values[i], 5);
    });
    expect(single.values).not.toEqual(expectation.values);
  });

  it('take float32 and every engine', async () => {
    const single = request({ inputs: encodeTensor(Float32Array.from(inputs), [4, 2]), engine: 'reference' });
    const { values, engine } = await served.simulator.expectation(single);
    expect(engine).toBe('reference');
    const exact = decodeTensor((await served.simulator.expectation(request())).values, { dtype: 'float64' });
    decodeTensor(values, { dtype: 'float64' }).forEach((value, i) => {
      // Inputs of order 1 rounded to float32, each with a slope of a few.
      expect(value).toBeCloseTo(exact[i], 5);
    });
  });

  it.each([
    [{ parameters: encodeTensor(new Float64Array(17)) }, 'parameters: shape is [17]; right would be [18]'],
    [{ inputs: encodeTensor(new Float64Array(3), [1, 3]) }, 'inputs: shape is [1, 3]; right would be'],
    [{ inputs: encodeTensor(Int32Array.of(1, 2), [1, 2]) }, 'inputs: dtype is int32'],
    [{ observables: ['Z7'] }, "observable 'Z7': qubit 7 is not one of 0 … 2"],
    [{ observables: [] }, 'observables: is empty'],
    [{ circuit: { ...circuit, qubits: 21 } }, '21 qubits are above the maximum of 20'],
    [{ circuit: { ...circuit, layers: 0 } }, 'circuit.layers: is 0; right would be 1 to 64'],
    [{ circuit: undefined }, 'circuit: is not set'],
    [{ engine: 'abacus' }, "engine: 'abacus' is none of"],
  ])('refuse %#: %s', async (given, message) => {
    const call = served.simulator.expectation(request(given));
    await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(call).rejects.toThrow(message);
  });
});

describe('Expectation and Gradient of any circuit', () => {
  const circuit = CircuitSettings.fromPartial({
    qubits: 2,
    layers: 2,
    ansatz: 'two-local',
    ansatzOptions: { rotations: 'rx,ry', entanglers: 'crz', entanglement: 'linear' },
    inputs: 2,
    encoding: 'zz-feature-map',
    encodingOptions: { repeats: '1', alpha: '0.5', reupload: 'true' },
  });
  const source = {
    qubits: 2,
    layers: 2,
    ansatz: 'two-local',
    ansatzOptions: { rotations: ['rx', 'ry'], entanglers: ['crz'], entanglement: 'linear' },
    inputs: 2,
    encoding: 'zz-feature-map',
    encodingOptions: { repeats: 1, alpha: 0.5, reupload: true },
  } as const;
  const model = buildQnnCircuit(source);
  const random = createRandom(6);
  const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const parameters = draw(model.parameters.length);
  const inputs = draw(3 * 2);
  const ask = (given: Partial<ExpectationRequest> = {}): ExpectationRequest => ({
    ...ExpectationRequest.fromPartial({ observables: ['Z0', 'Z0 X1'], precision: 'float64' }),
    circuit,
    inputs: encodeTensor(inputs, [3, 2]),
    parameters: encodeTensor(parameters),
    ...given,
  });
  const numbers = (tensor: Parameters<typeof decodeTensor>[0]) => decodeTensor(tensor, { dtype: 'float64' });
  const close = (actual: Float64Array, wanted: Float64Array, digits: number) => {
    expect(actual).toHaveLength(wanted.length);
    actual.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i], digits);
    });
  };
  const weights = encodeTensor(Float64Array.of(1, -1, 0.5, 2, 0, 0.3), [3, 2]);

  it('takes every encoding, ansatz and option of the tables', async () => {
    const { values } = await served.simulator.expectation(ask());
    const wanted = adjointGradient(model, [parseObservable('Z0', 2)], [1], parameters, inputs).expectations[0];
    expect(numbers(values)[0]).toBeCloseTo(wanted, 12);
  });

  it('takes the same circuit as OpenQASM', async () => {
    const qasm = CircuitSettings.fromPartial({ qasm: writeOpenQasm(model) });
    const [program, table] = await Promise.all(
      [ask({ circuit: qasm }), ask()].map((request) => served.simulator.expectation(request)),
    );
    close(numbers(program.values), numbers(table.values), 12);
  });

  it('gives the same gradients by parameter shift and by adjoint, also of inputs', async () => {
    const by = (method: string) => served.simulator.gradient({ expectation: ask(), weights, method });
    const [adjoint, shift] = await Promise.all([by('adjoint'), by('parameter-shift')]);
    close(numbers(shift.values), numbers(adjoint.values), 12);
    close(numbers(shift.parameterGradient), numbers(adjoint.parameterGradient), 11);
    close(numbers(shift.inputGradient), numbers(adjoint.inputGradient), 11);
  });

  it('estimates from shots: the same for the same seed, near the exact value, different for another seed', async () => {
    const by = async (seed: number, shots = 4000) =>
      numbers((await served.simulator.expectation(ask({ shots, seed }))).values);
    const [first, again, other, exact] = await Promise.all([by(1), by(1), by(2), by(1, 0)]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    // Five standard errors of 4000 shots.
    first.forEach((value, i) => {
      expect(Math.abs(value - exact[i])).toBeLessThan(5 / Math.sqrt(4000));
    });
  });

  it('damps: exactly under amplitude damping, by trajectories under depolarizing, by a factor in readout', async () => {
    const under = async (noise: object, request: Partial<ExpectationRequest> = {}) => {
      const wire = ExpectationRequest.fromPartial({ noise }).noise;
      return served.simulator.expectation(ask({ noise: wire, ...request }));
    };
    const clean = numbers((await served.simulator.expectation(ask())).values);
    const read = numbers((await under({ readoutError: 0.1 })).values);
    expect(read[0]).toBeCloseTo(0.8 * clean[0], 12);
    expect(read[1]).toBeCloseTo(0.64 * clean[1], 12);
    const damped = await under({ amplitudeDamping: 1 });
    expect(damped.engine).toBe('density-matrix');
    // Everything has decayed to |00⟩.
    close(numbers(damped.values), Float64Array.of(1, 0, 1, 0, 1, 0), 10);
    const sampled = await under({ depolarizing: 0.02, trajectories: 4096 });
    const exact = await under({ depolarizing: 0.02, amplitudeDamping: 1e-12 });
    expect([sampled.engine, exact.engine]).toEqual(['wasm', 'density-matrix']);
    numbers(exact.values).forEach((value, i) => {
      // Five standard errors of 4096 trajectories.
      expect(Math.abs(numbers(sampled.values)[i] - value)).toBeLessThan(5 / 64);
    });
  });

  it('offers float64 on request, and says which engine offers which precision', async () => {
    const { values } = await served.simulator.expectation(ask({ precision: 'float64' }));
    expect(numbers(values)).toHaveLength(6);
    await expect(
      served.simulator.expectation(ask({ engine: 'reference', precision: 'float32' })),
    ).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining("engine: 'reference' does not offer float32"),
    });
  });

  it.each<[Partial<ExpectationRequest>, string, string]>([
    [{ shots: 10 }, 'adjoint', "method: 'adjoint' needs exact expectations"],
    [{ noise: { depolarizing: 0, amplitudeDamping: 0.1, readoutError: 0, trajectories: 0 } }, 'adjoint', 'method: '],
    [
      { noise: { depolarizing: 2, amplitudeDamping: 0, readoutError: 0, trajectories: 0 } },
      '',
      'noise.depolarizing: 2 ',
    ],
    [{}, 'finite-differences', "method: is 'finite-differences'; right would be adjoint, parameter-shift"],
    [{ precision: 'float16' }, '', "precision: is 'float16'; right would be float32, float64"],
    [{ circuit: { ...circuit, encoding: 'phase' } }, '', "circuit.encoding: is 'phase'; right would be none, angle"],
    [{ circuit: { ...circuit, qasm: 'OPENQASM 2.0;' } }, '', 'circuit.qubits: is given together with qasm'],
    [
      { circuit: CircuitSettings.fromPartial({ qasm: 'OPENQASM 3.0;\nqubit q;\nif (1) x q;' }) },
      '',
      'program.qasm:3:1: ',
    ],
    [{ circuit: { ...circuit, encodingOptions: { alpha: 'much' } } }, '', 'alpha: "much" is not a number from'],
    [{ circuit: { ...circuit, ansatzOptions: { depth: '2' } } }, '', 'ansatz.two-local.depth: unknown'],
    [{ inputs: encodeTensor(new Float64Array(0), [0, 2]) }, '', 'inputs: are 0 rows; right would be 1 to 65536'],
  ])('refuses %#', async (given, method, message) => {
    const call = served.simulator.gradient({ expectation: ask(given), weights, method });
    await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(call).rejects.toThrow(message);
  });

  it('parses a program on another thread, and stops with the call', async () => {
    const endless = 'OPENQASM 3.0;\nqubit q;\nfor int i in [1:90000] for int j in [1:90000] { }';
    const call = (qasm: string, signal?: AbortSignal) =>
      served.simulator.expectation(ask({ circuit: CircuitSettings.fromPartial({ qasm }) }), { signal });
    const given = new AbortController();
    const order: string[] = [];
    const endlessCall = call(endless, given.signal).catch(({ code }) => order.push(status[code]));
    const waiting = call('qubit q; for float x in [1e16:1:1e16]{}').catch(({ details }) => order.push(details));
    // Answered while the first program is being read.
    await served.simulator.getCapabilities({}).then(() => order.push('capabilities'));
    given.abort();
    await Promise.all([endlessCall, waiting]);
    expect(order).toEqual([
      'capabilities',
      'CANCELLED',
      'circuit.qasm: program.qasm:1:26: the bounds of a range are integers, not float (10000000000000000)',
    ]);
  });

  it('limits the observables of a call in total', async () => {
    const observables = new Array(20_001).fill('Z0');
    const call = served.simulator.expectation(ask({ observables }));
    await expect(call).rejects.toThrow('observables: more than 20000 terms of observables');
  });
});
