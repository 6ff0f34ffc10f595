import { status } from '@grpc/grpc-js';
import { QnnArm } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import {
  type EvaluateRequest,
  type ExpectationRequest,
  QnnSimulatorServiceService,
} from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { Points } from '@qloom/datasets/points.ts';
import { buildAnsatz } from '@qloom/qnn/model/ansatz-circuit.ts';
import { adjointGradient } from '@qloom/quantum/adjoint.ts';
import { parseObservable } from '@qloom/quantum/observable-text.ts';
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

const QNN = { qubits: 3, layers: 2, ansatz: '', loss: '', steps: 60, batchSize: 0, learningRate: 0, engine: '' };

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
    await refused({ settings: { qnn: { ...QNN, ansatz: 'qcnn' } } }, "qnn.ansatz: 'qcnn' is none of");
    await refused({ settings: { qnn: { ...QNN, engine: 'gpu' } } }, "engine: 'gpu' is none of 'auto', 'wasm'");
    await refused({ settings: { qnn: { ...QNN, qubits: 1 } } }, '1 qubits tell at most 1 classes');
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
  const circuit = { qubits: 3, layers: 2, ansatz: 'strongly-entangling', inputs: 2 };
  const observables = ['Z0', '0.5*X0 X1 - 1.2*Y2'];
  const random = createRandom(5);
  const draw = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const inputs = draw(4 * 2);
  const parameters = draw(18);
  const weights = draw(4 * 2);
  const request = (given: Partial<ExpectationRequest> = {}): ExpectationRequest => ({
    circuit,
    observables,
    inputs: encodeTensor(inputs, [4, 2]),
    parameters: encodeTensor(parameters),
    engine: 'auto',
    ...given,
  });

  it('agree with the float64 reference', async () => {
    const answer = await simulator.gradient({ expectation: request(), weights: encodeTensor(weights, [4, 2]) });
    const values = decodeTensor(answer.values, { dtype: 'float64', shape: [4, 2] });
    const inputGradient = decodeTensor(answer.inputGradient, { dtype: 'float64', shape: [4, 2] });
    const parameterGradient = decodeTensor(answer.parameterGradient, { dtype: 'float64', shape: [18] });
    const total = new Float64Array(18);
    const model = buildAnsatz({ ...circuit, ansatz: 'strongly-entangling' });
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
        // The engine's amplitudes are float32.
        expect(values[2 * row + k]).toBeCloseTo(one.expectations[k], 5);
        expect(inputGradient[2 * row + k]).toBeCloseTo(one.inputs[k], 5);
      }
    }
    total.forEach((value, i) => {
      expect(parameterGradient[i]).toBeCloseTo(value, 5);
    });
    const expectation = await simulator.expectation(request());
    expect(decodeTensor(expectation.values, { dtype: 'float64' })).toEqual(values);
    expect(expectation.engine).toBe('wasm');
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
