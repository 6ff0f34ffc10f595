import { status } from '@grpc/grpc-js';
import { QnnArm, QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import {
  CircuitSettings,
  type EvaluateRequest,
  ExpectationRequest,
  MeasureRequest,
  MinimizeRequest,
  type MinimizeResponse,
  QnnSimulatorServiceService,
} from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { Points } from '@qloom/datasets/points.ts';
import { adjointGradient } from '@qloom/quantum/adjoint.ts';
import { parseObservable } from '@qloom/quantum/observable-text.ts';
import { writeOpenQasm } from '@qloom/quantum/qasm/write-openqasm.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { createRandom } from '@qloom/random/random.ts';
import { connect, type Remote } from '@qloom/service-kit/clients.ts';
import { bindService } from '@qloom/service-kit/handlers.ts';
import { encodePoints } from '@qloom/service-kit/wire-points.ts';
import { decodeTensor, encodeTensor } from '@qloom/service-kit/wire-tensors.ts';
import { startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { chooseEngine } from '../domain/engine-choice.ts';
import { clouds } from '../testing/clouds.ts';
import { createWorkerPool, type WorkerPool } from '../workers/pool.ts';
import { qnnSimulatorHandlers } from './handlers.ts';

let pool: WorkerPool;
let server: TestServer;
let simulator: Remote<typeof QnnSimulatorServiceService>;

beforeAll(async () => {
  pool = createWorkerPool(1);
  const engines = await chooseEngine('wasm', pool);
  server = await startTestServer(bindService(QnnSimulatorServiceService, qnnSimulatorHandlers({ pool, engines })));
  simulator = connect(QnnSimulatorServiceService, server.target);
});
afterAll(async () => {
  simulator.close();
  await server.stop();
  await pool.close();
});

const QNN = QnnSettings.fromPartial({ qubits: 3, layers: 2, steps: 60 });

interface Parts {
  readonly settings?: Partial<Extract<EvaluateRequest['part'], { $case: 'settings' }>['value']> | null;
  readonly training?: Points | null;
  readonly synthetic?: Points | null;
  readonly heldOut?: Points | null;
}

function* requestsOf(parts: Parts): Generator<EvaluateRequest> {
  const { settings = {}, training = clouds(1, 30), synthetic = null, heldOut = clouds(2, 60) } = parts;
  if (settings) {
    yield { part: { $case: 'settings', value: { fold: 2, qnn: QNN, seeds: [7, 8], arms: [], ...settings } } };
  }
  if (training) for (const value of encodePoints(training)) yield { part: { $case: 'training', value } };
  if (synthetic) for (const value of encodePoints(synthetic)) yield { part: { $case: 'synthetic', value } };
  if (heldOut) for (const value of encodePoints(heldOut)) yield { part: { $case: 'heldOut', value } };
}

/** Resolves when so many jobs wait or run. */
const loadOf = async (jobs: number) => {
  while (pool.load !== jobs) await new Promise((resolve) => setImmediate(resolve));
};

const refused = async (parts: Parts, ...details: string[]) => {
  const call = simulator.evaluate(requestsOf(parts));
  await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  for (const detail of details) await expect(call).rejects.toThrow(detail);
};

describe('Evaluate', () => {
  it('reports both arms and every seed on held-out real points', async () => {
    const { report } = await simulator.evaluate(requestsOf({ synthetic: clouds(3, 90) }));
    expect(report?.fold).toBe(2);
    expect(report?.engine).toBe('wasm');
    const runs = report?.runs ?? [];
    expect(runs.map(({ arm, seed }) => [arm, seed])).toEqual([
      [QnnArm.REAL_ONLY, 7],
      [QnnArm.REAL_ONLY, 8],
      [QnnArm.AUGMENTED, 7],
      [QnnArm.AUGMENTED, 8],
    ]);
    for (const run of runs) {
      expect(run.accuracy).toBeGreaterThan(0.8);
      expect(run.gradientSteps).toBe(60);
      expect(run.circuitExecutions).toBe(2 * 60 * (run.arm === QnnArm.REAL_ONLY ? 30 : 32) + 60);
      const losses = decodeTensor(run.losses, { dtype: 'float32', shape: [60] });
      expect(losses.reduce((sum, loss) => sum + loss, 0) / 60).toBeCloseTo(run.loss, 5);
      const predictions = decodeTensor(run.predictions, { dtype: 'int32', shape: [60] });
      const { y } = clouds(2, 60);
      expect(predictions.filter((label, i) => label === y[i]).length / 60).toBeCloseTo(run.accuracy, 12);
    }
  });

  it('gives the same report but for times when it is asked again', async () => {
    const ask = async () => {
      const { report } = await simulator.evaluate(requestsOf({ synthetic: clouds(3, 40) }));
      return report?.runs.map((run) => ({ ...run, seconds: 0 }));
    };
    expect(await ask()).toEqual(await ask());
  });

  it('trains on real points alone where no synthetic ones come', async () => {
    const { report } = await simulator.evaluate(requestsOf({}));
    expect(report?.runs.map((run) => run.arm)).toEqual([QnnArm.REAL_ONLY, QnnArm.REAL_ONLY]);
  });

  it('trains another circuit, loss, readout and noise where the settings say so', async () => {
    const lossOf = async (given: Partial<QnnSettings>) => {
      const settings = { qnn: QnnSettings.fromPartial({ ...QNN, steps: 20, ...given }), seeds: [7] };
      const { report } = await simulator.evaluate(requestsOf({ settings }));
      return report?.runs[0].loss;
    };
    const losses = [
      await lossOf({}),
      await lossOf({ ansatz: 'real-amplitudes' }),
      await lossOf({ ansatz: 'real-amplitudes', ansatzOptions: { entanglement: 'circular' } }),
      await lossOf({ ansatz: 'real-amplitudes', encoding: 'iqp' }),
      await lossOf({ ansatz: 'real-amplitudes', encoding: 'iqp', encodingOptions: { repeats: '2' } }),
      await lossOf({ observables: ['X0', 'X1', 'X2'] }),
      await lossOf({ qasm: writeOpenQasm(buildQnnCircuit({ ansatz: 'qcnn', qubits: 3, layers: 1, inputs: 3 })) }),
      await lossOf({ loss: 'mse' }),
      await lossOf({ noise: { depolarizing: 0, amplitudeDamping: 0, readoutError: 0.1, trajectories: 0 } }),
      await lossOf({ noise: { depolarizing: 0.05, amplitudeDamping: 0, readoutError: 0, trajectories: 2 } }),
    ];
    expect(new Set(losses).size).toBe(losses.length);
    for (const loss of losses) expect(loss).toBeGreaterThan(0);
  });

  it('takes a constant feature', async () => {
    const training = clouds(1, 30);
    training.x.forEach((_, i) => {
      if (i % 3 === 1) training.x[i] = 0.25;
    });
    const { report } = await simulator.evaluate(requestsOf({ training }));
    for (const run of report?.runs ?? []) expect(Number.isFinite(run.loss)).toBe(true);
  });

  it('refuses missing and misplaced roles with INVALID_ARGUMENT', async () => {
    await refused({ settings: null }, 'training: is out of order; right would be settings');
    await refused({ training: null }, 'training: did not come');
    await refused({ heldOut: null }, 'held_out: did not come');
    await refused({ settings: null, training: null, heldOut: null }, 'settings: did not come');
    await refused({ settings: { arms: [QnnArm.AUGMENTED] } }, 'synthetic: has no points', 'augmented arm');
    await refused({ settings: { arms: [QnnArm.UNSPECIFIED] } }, 'settings.arms[0]: is 0; right would be');
    await refused({ settings: { seeds: [] } }, 'settings.seeds: is empty');
  });

  it('refuses wrong shapes and labels, and says where', async () => {
    const narrow = { ...clouds(2, 30), features: 2, x: new Float32Array(60) };
    await refused({ heldOut: narrow }, 'held_out: has 2 features; the training points have 3');
    const training = clouds(1, 30);
    training.y[4] = 3;
    await refused({ training }, 'training.y[4]: is 3; right would be 0 to 2');
    training.y.fill(1);
    await refused({ training }, 'training: all 30 points are of class 1; two are right');
    const nan = clouds(1, 30);
    nan.x[7] = Number.NaN;
    await refused({ training: nan }, 'training.x');
    await refused({ synthetic: clouds(3, 20, { classes: 2 }) }, 'synthetic: has 2 classes; the training points have 3');
  });

  it('refuses settings that are out of range', async () => {
    await refused({ settings: { qnn: { ...QNN, qubits: 21 } } }, 'qnn.qubits: 21 is not an integer from 1 to 20');
    await refused({ settings: { qnn: { ...QNN, ansatz: 'qaoa' } } }, "qnn.ansatz: 'qaoa' is none of");
    const options = { ...QNN, encoding: 'angle', encodingOptions: { axis: 'w' } };
    await refused({ settings: { qnn: options } }, 'qnn.encodingOptions.axis: "w" is not one of x, y, z');
    await refused({ settings: { qnn: { ...QNN, observables: ['Z0', 'Z1'] } } }, 'qnn.observables: 2 of them');
    await refused({ settings: { qnn: { ...QNN, engine: 'gpu' } } }, "engine: 'gpu' is none of 'auto', 'wasm'");
    await refused({ settings: { qnn: { ...QNN, qubits: 1 } } }, '1 qubits tell at most 2 classes, and the data has 3');
  });

  it('frees the thread on a cancellation', async () => {
    const controller = new AbortController();
    const settings = { qnn: { ...QNN, qubits: 6, steps: 100_000 }, seeds: [1] };
    const long = simulator.evaluate(requestsOf({ settings }), { signal: controller.signal });
    await loadOf(1);
    controller.abort();
    await expect(long).rejects.toMatchObject({ code: status.CANCELLED });
    await expect(simulator.evaluate(requestsOf({ settings: { seeds: [1] } }))).resolves.toBeDefined();
    expect(pool.load).toBe(0);
  });

  it('honours a deadline', async () => {
    const settings = { qnn: { ...QNN, steps: 100_000 }, seeds: [1] };
    const late = simulator.evaluate(requestsOf({ settings }), { deadlineMs: 200 });
    await expect(late).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await loadOf(0);
  });

  it('stays reachable while it trains', async () => {
    const controller = new AbortController();
    const settings = { qnn: { ...QNN, steps: 100_000 }, seeds: [1] };
    const long = simulator.evaluate(requestsOf({ settings }), { signal: controller.signal });
    await loadOf(1);
    await expect(simulator.getCapabilities({})).resolves.toBeDefined();
    expect(pool.load).toBe(1);
    controller.abort();
    await expect(long).rejects.toMatchObject({ code: status.CANCELLED });
    await loadOf(0);
  });
});

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
    const answer = await simulator.gradient({
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
    const expectation = await simulator.expectation(request());
    expect(decodeTensor(expectation.values, { dtype: 'float64' })).toEqual(values);
    expect(expectation.engine).toBe('wasm');
    // The engine's own precision is float32.
    const single = await simulator.expectation(request({ precision: '' }));
    decodeTensor(single.values, { dtype: 'float64' }).forEach((value, i) => {
      expect(value).toBeCloseTo(values[i], 5);
    });
    expect(single.values).not.toEqual(expectation.values);
  });

  it('take float32 and every engine', async () => {
    const single = request({ inputs: encodeTensor(Float32Array.from(inputs), [4, 2]), engine: 'reference' });
    const { values, engine } = await simulator.expectation(single);
    expect(engine).toBe('reference');
    const exact = decodeTensor((await simulator.expectation(request())).values, { dtype: 'float64' });
    decodeTensor(values, { dtype: 'float64' }).forEach((value, i) => {
      // Inputs rounded to float32.
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
    const call = simulator.expectation(request(given));
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
    const { values } = await simulator.expectation(ask());
    const wanted = adjointGradient(model, [parseObservable('Z0', 2)], [1], parameters, inputs).expectations[0];
    expect(numbers(values)[0]).toBeCloseTo(wanted, 12);
  });

  it('takes the same circuit as OpenQASM', async () => {
    const qasm = CircuitSettings.fromPartial({ qasm: writeOpenQasm(model) });
    const [program, table] = await Promise.all(
      [ask({ circuit: qasm }), ask()].map((request) => simulator.expectation(request)),
    );
    close(numbers(program.values), numbers(table.values), 12);
  });

  it('differentiates by parameter shift as by adjoint, inputs as well', async () => {
    const by = (method: string) => simulator.gradient({ expectation: ask(), weights, method });
    const [adjoint, shift] = await Promise.all([by('adjoint'), by('parameter-shift')]);
    close(numbers(shift.values), numbers(adjoint.values), 12);
    close(numbers(shift.parameterGradient), numbers(adjoint.parameterGradient), 11);
    close(numbers(shift.inputGradient), numbers(adjoint.inputGradient), 11);
  });

  it('estimates from shots: the same for the same seed, near the exact value, other ones for another seed', async () => {
    const by = async (seed: number, shots = 4000) =>
      numbers((await simulator.expectation(ask({ shots, seed }))).values);
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
      return simulator.expectation(ask({ noise: wire, ...request }));
    };
    const clean = numbers((await simulator.expectation(ask())).values);
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

  it('offers float64 where it is asked for, and says which engine has what', async () => {
    const { values } = await simulator.expectation(ask({ precision: 'float64' }));
    expect(numbers(values)).toHaveLength(6);
    await expect(simulator.expectation(ask({ engine: 'reference', precision: 'float32' }))).rejects.toMatchObject({
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
    [{ circuit: { ...circuit, qasm: 'OPENQASM 2.0;' } }, '', 'circuit.qubits: stands beside qasm'],
    [
      { circuit: CircuitSettings.fromPartial({ qasm: 'OPENQASM 3.0;\nqubit q;\nif (1) x q;' }) },
      '',
      'program.qasm:3:1: ',
    ],
    [{ circuit: { ...circuit, encodingOptions: { alpha: 'much' } } }, '', 'alpha: "much" is not a number from'],
    [{ circuit: { ...circuit, ansatzOptions: { depth: '2' } } }, '', 'ansatz.two-local.depth: unknown'],
    [{ inputs: encodeTensor(new Float64Array(0), [0, 2]) }, '', 'inputs: are 0 rows; right would be 1 to 65536'],
  ])('refuses %#', async (given, method, message) => {
    const call = simulator.gradient({ expectation: ask(given), weights, method });
    await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(call).rejects.toThrow(message);
  });
});

describe('Measure', () => {
  const bell = MeasureRequest.fromPartial({
    circuit: { qubits: 3, layers: 1, ansatz: 'basic-entangler' },
    qubits: [2, 0],
    precision: 'float64',
  });
  // RX(π/2) on qubit 0, then CNOTs 0→1, 1→2, 2→0.
  const parameters = encodeTensor(Float64Array.of(Math.PI / 2, 0, 0));
  const inputs = encodeTensor(new Float64Array(0), [2, 0]);
  const measure = (given: Partial<MeasureRequest> = {}) => simulator.measure({ ...bell, parameters, inputs, ...given });
  const probabilitiesOf = (answer: Awaited<ReturnType<typeof measure>>, size: number) =>
    decodeTensor(answer.probabilities, { dtype: 'float64', shape: [2, size] });

  it('gives the distribution of the qubits that are named, bit j the j-th of them', async () => {
    const answer = await measure();
    // After the ring: (|000⟩ − i|110⟩)/√2 with qubit 0 last; qubits (2, 0) read 00 or 10, i.e. outcome 0 or 1.
    const values = probabilitiesOf(answer, 4);
    [0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0].forEach((wanted, k) => {
      expect(values[k]).toBeCloseTo(wanted, 12);
    });
    expect(answer.samples).toBeUndefined();
    expect(probabilitiesOf(await measure({ qubits: [] }), 8)[6]).toBeCloseTo(0.5, 12);
  });

  it('draws shots, the same for the same seed', async () => {
    const shots = async (seed: number) => {
      const { samples } = await measure({ shots: 1000, seed });
      return decodeTensor(samples, { dtype: 'int32', shape: [2, 1000] });
    };
    const first = await shots(1);
    expect(await shots(1)).toEqual(first);
    const ones = first.filter((outcome) => outcome === 1).length;
    expect(first.filter((outcome) => outcome > 1)).toHaveLength(0);
    // Five standard deviations of 2000 fair coins.
    expect(Math.abs(ones - 1000)).toBeLessThan(5 * Math.sqrt(500));
    expect(first.subarray(0, 1000)).not.toEqual(first.subarray(1000));
  });

  it('reads wrongly, and under noise', async () => {
    const noise = (given: object) => MeasureRequest.fromPartial({ noise: given }).noise;
    const read = probabilitiesOf(await measure({ noise: noise({ readoutError: 0.1 }) }), 4);
    // From outcome 0 both bits flip, from outcome 1 the second.
    expect(read[3]).toBeCloseTo(0.5 * 0.1 * 0.1 + 0.5 * 0.9 * 0.1, 12);
    expect(read.subarray(0, 4).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    const damped = await measure({ noise: noise({ amplitudeDamping: 1 }) });
    expect([probabilitiesOf(damped, 4)[0], damped.engine]).toEqual([expect.closeTo(1, 10), 'density-matrix']);
  });

  it.each<[Partial<MeasureRequest>, string]>([
    [{ qubits: [3] }, 'qubits[0]: is 3; right would be 0 to 2'],
    [{ qubits: [1, 1] }, 'qubits[1]: is 1 for the second time'],
    [{ shots: 200_000 }, 'shots: 2 rows times 200000 are too many; right would be at most 262144'],
    [{ inputs: encodeTensor(new Float64Array(0), [100_000_000, 0]) }, 'qubits: 100000000 rows times 2^2 outcomes'],
    [{ inputs: encodeTensor(new Float64Array(0), [0, 0]) }, 'inputs: have no row'],
  ])('refuses %#', async (given, message) => {
    const call = measure(given);
    await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(call).rejects.toThrow(message);
  });
});

describe('Minimize', () => {
  const request = (given: object = {}) =>
    MinimizeRequest.fromPartial({
      circuit: { qubits: 4, layers: 4, ansatz: 'tfim-variational', ansatzOptions: { shared: 'false' } },
      hamiltonian: '-1*Z0 Z1 - 1*Z1 Z2 - 1*Z2 Z3 - 1*X0 - 1*X1 - 1*X2 - 1*X3',
      seed: 1,
      ...given,
    });
  const partsOf = async (call: AsyncIterable<MinimizeResponse>) => {
    const parts: NonNullable<MinimizeResponse['part']>[] = [];
    for await (const { part } of call) if (part) parts.push(part);
    return parts;
  };

  it('streams progress and ends in the ground energy', async () => {
    const parts = await partsOf(simulator.minimize(request({ restarts: 2 })));
    const last = parts.at(-1);
    if (last?.$case !== 'result') throw new Error('the last message is no result');
    // Pfeuty (1970): 1 − 1/sin(π/(2(2n + 1))) for the critical open chain of n spins.
    expect(last.value.energy).toBeCloseTo(1 - 1 / Math.sin(Math.PI / 18), 6);
    expect(parts.slice(0, -1).every((part) => part.$case === 'progress')).toBe(true);
    expect(parts.length).toBeGreaterThan(1);
    expect(decodeTensor(last.value.parameters, { dtype: 'float64' }).length).toBe(4 * 7);
  });

  it('ends on a cancellation, and the thread is free', async () => {
    const controller = new AbortController();
    const call = simulator.minimize(request({ optimizer: 'adam', steps: 100_000, gradientTolerance: 1e-300 }), {
      signal: controller.signal,
    });
    const ended = (async () => {
      for await (const _ of call) controller.abort();
    })();
    await expect(ended).rejects.toMatchObject({ code: status.CANCELLED });
    await loadOf(0);
  });

  it.each<[object, string]>([
    [{ hamiltonian: '' }, 'hamiltonian: is empty'],
    [{ hamiltonian: 'Z9' }, 'qubit 9 is not one of 0 … 3'],
    [{ optimizer: 'sgd' }, "optimizer: is 'sgd'; right would be l-bfgs, adam"],
    [{ restarts: 101 }, 'restarts: is 101; right would be 1 to 100'],
    [{ circuit: { qubits: 2, layers: 1, ansatz: 'hardware-efficient', inputs: 1 } }, 'circuit.inputs: are 1'],
  ])('refuses %#', async (given, message) => {
    const call = partsOf(simulator.minimize(request(given)));
    await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(call).rejects.toThrow(message);
  });
});

describe('GetCapabilities and Critique', () => {
  it('lists engines, limits and no hyperparameters', async () => {
    const { capabilities } = await simulator.getCapabilities({});
    expect(capabilities?.service).toBe('qloom.qnn-sim');
    expect(capabilities?.engines.filter((engine) => engine.selected).map((engine) => engine.name)).toEqual(['wasm']);
    expect(capabilities?.limits.find((limit) => limit.name === 'qubits')?.maximum).toBe(20);
    expect(capabilities?.hyperparameters).toEqual([]);
  });

  it('answers Critique with UNIMPLEMENTED and names what would be right', async () => {
    const call = simulator.critique();
    await expect(call.receive()).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
      details: expect.stringContaining('DiscriminatorService.Critique'),
    });
  });
});
