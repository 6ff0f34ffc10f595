import { type ServiceError, status } from '@grpc/grpc-js';
import { QnnArm, QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { type EvaluateRequest, EvaluateSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { writeOpenQasm } from '@qloom/quantum/qasm/write-openqasm.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { decodeTensor, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { clouds } from '../testing/clouds.ts';
import { type ServedSimulator, serveSimulator } from '../testing/serve-simulator.ts';

let served: ServedSimulator;

beforeAll(async () => {
  served = await serveSimulator();
});
afterAll(() => served.close());

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
    yield {
      part: {
        $case: 'settings',
        value: { ...EvaluateSettings.fromPartial({ fold: 2, qnn: QNN, seeds: [7, 8] }), ...settings },
      },
    };
  }
  if (training) for (const value of encodePoints(training)) yield { part: { $case: 'training', value } };
  if (synthetic) for (const value of encodePoints(synthetic)) yield { part: { $case: 'synthetic', value } };
  if (heldOut) for (const value of encodePoints(heldOut)) yield { part: { $case: 'heldOut', value } };
}

const refused = async (parts: Parts, ...details: string[]) => {
  const call = served.simulator.evaluate(requestsOf(parts));
  await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  for (const detail of details) await expect(call).rejects.toThrow(detail);
};

describe('Evaluate', () => {
  it('reports both arms and every seed on held-out real points', async () => {
    const { report } = await served.simulator.evaluate(requestsOf({ synthetic: clouds(3, 90) }));
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
      expect(run.circuitExecutions).toBe(2 * 60 * 32 + 60);
      const losses = decodeTensor(run.losses, { dtype: 'float32', shape: [60] });
      // Losses are sent as float32, u = 6e-8.
      expect(losses.reduce((sum, loss) => sum + loss, 0) / 60).toBeCloseTo(run.loss, 5);
      const predictions = decodeTensor(run.predictions, { dtype: 'int32', shape: [60] });
      const { y } = clouds(2, 60);
      expect(predictions.filter((label, i) => label === y[i]).length / 60).toBeCloseTo(run.accuracy, 12);
    }
  });

  it('reports class probabilities if they are asked for: the softmax whose −ln is the cross-entropy', async () => {
    const { report } = await served.simulator.evaluate(requestsOf({ settings: { probabilities: true } }));
    const { y } = clouds(2, 60);
    for (const run of report?.runs ?? []) {
      const losses = decodeTensor(run.losses, { dtype: 'float32', shape: [60] });
      const probabilities = decodeTensor(run.probabilities, { dtype: 'float32', shape: [60, 3] });
      const predictions = decodeTensor(run.predictions, { dtype: 'int32', shape: [60] });
      for (let i = 0; i < 60; i++) {
        const row = [...probabilities.subarray(3 * i, 3 * i + 3)];
        // Each is rounded to float32, u = 6e-8.
        expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
        expect(-Math.log(row[y[i]])).toBeCloseTo(losses[i], 5);
        expect(row.indexOf(Math.max(...row))).toBe(predictions[i]);
      }
    }
    const { report: plain } = await served.simulator.evaluate(requestsOf({}));
    expect(plain?.runs.map((run) => run.probabilities)).toEqual([undefined, undefined]);
  });

  it('leaves out class probabilities of more than 1 MiB in all', async () => {
    // 2 runs · 44,000 points · 3 classes · 4 bytes = 1.007 MiB.
    const qnn = { ...QNN, steps: 1 };
    const settings = { qnn, probabilities: true };
    const { report } = await served.simulator.evaluate(requestsOf({ settings, heldOut: clouds(2, 44_000) }));
    expect(report?.runs.map((run) => run.probabilities)).toEqual([undefined, undefined]);
  });

  it('gives the same report for the same request, except times', async () => {
    const ask = async () => {
      const { report } = await served.simulator.evaluate(requestsOf({ synthetic: clouds(3, 40) }));
      return report?.runs.map((run) => ({ ...run, seconds: 0 }));
    };
    expect(await ask()).toEqual(await ask());
  });

  it('trains on only real points if no synthetic ones are sent', async () => {
    const { report } = await served.simulator.evaluate(requestsOf({}));
    expect(report?.runs.map((run) => run.arm)).toEqual([QnnArm.REAL_ONLY, QnnArm.REAL_ONLY]);
  });

  it('continues from given parameters, and follows the score along the training', async () => {
    const synthetic = clouds(3, 90);
    const pretraining = { seeds: [7], arms: [QnnArm.SYNTHETIC_ONLY], scoredSteps: [0, 20, 60], parameters: true };
    const { report } = await served.simulator.evaluate(requestsOf({ synthetic, settings: pretraining }));
    const [pretrained] = report?.runs ?? [];
    expect([report?.runs.length, pretrained.arm]).toEqual([1, QnnArm.SYNTHETIC_ONLY]);
    expect(pretrained.scoredAccuracies).toHaveLength(3);
    expect(pretrained.scoredAccuracies[2]).toBe(pretrained.accuracy);
    expect(pretrained.circuitExecutions).toBe(2 * 60 * 32 + 4 * 60);
    const parameters = decodeTensor(pretrained.parameters, { dtype: 'float64', shape: [null] });
    const settings = { seeds: [7], initialParameters: [encodeTensor(parameters)], scoredSteps: [0], parameters: true };
    const { report: tuned } = await served.simulator.evaluate(requestsOf({ settings }));
    expect(tuned?.runs[0].scoredAccuracies).toEqual([pretrained.accuracy]);
    expect(tuned?.runs[0].parameters).not.toEqual(pretrained.parameters);
  });

  it('refuses initial parameters and scored steps that do not fit, and an arm without points', async () => {
    const tensor = encodeTensor(Float64Array.of(1, 2));
    await refused({ settings: { initialParameters: [tensor] } }, 'has 1 tensors; right would be one for each of the 2');
    await refused(
      { settings: { initialParameters: [tensor, tensor] } },
      'initial_parameters[0]: has 2 values; the circuit',
    );
    await refused(
      { settings: { scoredSteps: [5, 5] } },
      'scored_steps[1]: is 5; right would be rising numbers up to 60',
    );
    await refused({ settings: { scoredSteps: [61] } }, 'scored_steps[0]: is 61');
    await refused({ settings: { arms: [QnnArm.SYNTHETIC_ONLY] } }, 'asks for the synthetic-only arm');
  });

  it('trains the circuit, loss, readout and noise of the settings', async () => {
    const lossOf = async (given: Partial<QnnSettings>) => {
      const settings = { qnn: QnnSettings.fromPartial({ ...QNN, steps: 20, ...given }), seeds: [7] };
      const { report } = await served.simulator.evaluate(requestsOf({ settings }));
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
    const { report } = await served.simulator.evaluate(requestsOf({ training }));
    for (const run of report?.runs ?? []) expect(Number.isFinite(run.loss)).toBe(true);
  });

  it('refuses missing and misplaced roles with INVALID_ARGUMENT', async () => {
    await refused({ settings: null }, 'settings: did not come before training; right would be settings, training');
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
    await refused({ settings: { qnn: options } }, 'settings.qnn.encoding_options.axis: "w" is not one of x, y, z');
    await refused({ settings: { qnn: { ...QNN, observables: ['Z0', 'Z1'] } } }, 'qnn.observables: 2 of them');
    await refused({ settings: { qnn: { ...QNN, engine: 'gpu' } } }, "engine: 'gpu' is none of 'auto', 'wasm'");
    await refused({ settings: { qnn: { ...QNN, qubits: 1 } } }, '1 qubit tells at most 2 classes, and the data has 3');
  });

  it('names every setting that does not fit the data by its path', async () => {
    const qnn = { ...QNN, qubits: 2, ansatz: 'real-amplitudes', encoding: 'iqp', observables: ['Z0', 'Z1'] };
    const call = served.simulator.evaluate(requestsOf({ settings: { qnn } }));
    const error: ServiceError = await call.then(
      () => Promise.reject(new Error('the call succeeded')),
      (refusal) => refusal,
    );
    expect(violationsOf(error)).toEqual([
      { field: 'settings.qnn.encoding', description: expect.stringContaining("'iqp' on 2 qubits takes at most 2") },
      { field: 'settings.qnn.observables', description: expect.stringContaining('2 of them, and the data has 3') },
    ]);
    await refused({ settings: { qnn: { ...QNN, engine: 'gpu' } } }, "settings.qnn.engine: 'gpu' is none of");
  });

  it('frees the thread when the call is cancelled', async () => {
    const controller = new AbortController();
    const settings = { qnn: { ...QNN, qubits: 6, steps: 100_000 }, seeds: [1] };
    const long = served.simulator.evaluate(requestsOf({ settings }), { signal: controller.signal });
    await served.loadOf(1);
    controller.abort();
    await expect(long).rejects.toMatchObject({ code: status.CANCELLED });
    await expect(served.simulator.evaluate(requestsOf({ settings: { seeds: [1] } }))).resolves.toBeDefined();
    await served.loadOf(0);
  });

  it('honours a deadline', async () => {
    const settings = { qnn: { ...QNN, steps: 100_000 }, seeds: [1] };
    const late = served.simulator.evaluate(requestsOf({ settings }), { deadlineMs: 200 });
    await expect(late).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await served.loadOf(0);
  });

  it('answers other calls while it trains', async () => {
    const controller = new AbortController();
    const settings = { qnn: { ...QNN, steps: 100_000 }, seeds: [1] };
    const long = served.simulator.evaluate(requestsOf({ settings }), { signal: controller.signal });
    await served.loadOf(1);
    await expect(served.simulator.getCapabilities({})).resolves.toBeDefined();
    await served.loadOf(1);
    controller.abort();
    await expect(long).rejects.toMatchObject({ code: status.CANCELLED });
    await served.loadOf(0);
  });

  const LONG = 'x'.repeat(32_000);
  it.each([
    ['ansatz', { ansatz: LONG }],
    ['encoding', { encoding: LONG }],
    ['loss', { loss: LONG }],
    ['engine', { engine: LONG }],
    ['precision', { precision: LONG }],
    ['gradient', { gradient: LONG }],
    ['observable', { observables: [LONG, 'Z0', 'Z1'] }],
    ['name of an option', { ansatz: 'data-reuploading', ansatzOptions: { [LONG]: '1' } }],
    ['name in a circuit', { qasm: `qubit q; ${LONG} q;` }],
    ['path in a circuit', { qasm: `include "${LONG}"; qubit q;` }],
    ['value of an option', { encoding: 'iqp', encodingOptions: { repetitions: LONG } }],
  ] satisfies [string, Parameters<typeof QnnSettings.fromPartial>[0]][])(
    'echoes at most 200 characters of a wrong %s, and keeps the connection',
    async (_what, given) => {
      const qnn = QnnSettings.fromPartial({ qubits: 3, layers: 1, steps: 1, ...given });
      const error = await served.simulator.evaluate(requestsOf({ settings: { qnn } })).catch((failed) => failed);
      expect(error.code).toBe(status.INVALID_ARGUMENT);
      expect(error.details).not.toMatch(/x{201}/);
      expect(Buffer.byteLength(error.details)).toBeLessThanOrEqual(2_048);
      expect(await served.simulator.getCapabilities({})).toHaveProperty('capabilities');
    },
  );
});
