import { fileURLToPath } from 'node:url';
import { ChannelCredentials } from '@grpc/grpc-js';
import { QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import {
  EvaluateSettings,
  ExpectationRequest,
  QnnSimulatorServiceClient,
  QnnSimulatorServiceService,
} from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { createHiddenManifoldTask } from '@qloom/datasets/tasks/hidden-manifold.ts';
import { createRandom } from '@qloom/random/random.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { decodeTensor, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { describeWithPython } from '@qloom/testing/python.ts';
import { type SpawnedMain, spawnMain } from '@qloom/testing/spawn-main.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { PYTHON_MODULES, type PythonService, startPythonService } from './python-service.ts';

const FEATURES = 4;
const DRAWS = 12;
const LABELS = 32;
const QNN = { qubits: 2, layers: 2, precision: 'float64' };
/** Parameters of two layers on two qubits with four features: θ and ω for three angles of each qubit. */
const PARAMETERS = 24;

type Simulator = Remote<typeof QnnSimulatorServiceService>;

describeWithPython('the simulator on PennyLane', [...PYTHON_MODULES, 'pennylane', 'jax'], () => {
  let folder: TempFolder;
  let main: SpawnedMain;
  let service: PythonService;
  let ours: Simulator;
  let theirs: Simulator;
  const random = createRandom('pennylane');
  const task = createHiddenManifoldTask({ features: FEATURES, manifold: 2 });
  const labels = (seed: number) => task.draw({ count: LABELS, seed });
  const test = (seed: number) => task.draw({ count: 200, seed, purpose: 'test' });

  beforeAll(async () => {
    folder = await createTempFolder();
    const env = { QLOOM_LISTEN: folder.socket('ours'), QLOOM_GENERATOR_TARGET: folder.socket('none') };
    main = spawnMain(fileURLToPath(new URL('../../services/qnn-sim/src/main.ts', import.meta.url)), env);
    [service] = await Promise.all([startPythonService('pennylane_qnn_sim'), main.ready]);
    ours = connect(QnnSimulatorServiceService, folder.socket('ours'));
    theirs = connect(QnnSimulatorServiceService, service.address);
  }, 600_000);

  afterAll(async () => {
    ours.close();
    theirs.close();
    await Promise.all([main.stop(), service.stop()]);
    await folder.remove();
  }, 600_000);

  function partsOf(given: object, qnn: object, training: Points, heldOut: Points) {
    const settings = EvaluateSettings.fromPartial({ ...given, qnn: QnnSettings.fromPartial({ ...QNN, ...qnn }) });
    return [
      { $case: 'settings' as const, value: settings },
      ...[...encodePoints(training)].map((value) => ({ $case: 'training' as const, value })),
      ...[...encodePoints(heldOut)].map((value) => ({ $case: 'heldOut' as const, value })),
    ];
  }

  async function evaluate(simulator: Simulator, ...given: Parameters<typeof partsOf>) {
    const parts = partsOf(...given).map((part) => ({ part }));
    const { report } = await simulator.evaluate(parts, { deadlineMs: 600_000 });
    return report!.runs;
  }

  it.each([
    [{ ansatz: 'data-reuploading' }, 36],
    [{ ansatz: 'hardware-efficient' }, 12],
    [{ ansatz: 'strongly-entangling' }, 18],
    [{ ansatz: 'strongly-entangling', encoding: 'iqp', inputs: 3 }, 18],
    [{ ansatz: 'basic-entangler' }, 6],
  ])(
    'has the expectations of our circuit %j',
    async (circuit, count) => {
      const inputs = 'inputs' in circuit ? circuit.inputs : 4;
      const request = {
        ...ExpectationRequest.fromPartial({
          circuit: { qubits: 3, layers: 2, inputs, ...circuit },
          precision: 'float64',
        }),
        observables: ['Z0', 'X1 Y2', '0.5*Z0 Z1 - 1.2*X0'],
        inputs: encodeTensor(
          Float64Array.from({ length: 2 * inputs }, () => random.normal()),
          [2, inputs],
        ),
        parameters: encodeTensor(Float64Array.from({ length: count }, () => random.normal())),
      };
      const [one, other] = await Promise.all([ours, theirs].map((simulator) => simulator.expectation(request, {})));
      const values = [one, other].map(({ values }) =>
        decodeTensor(values, { dtype: 'float64', shape: [2, 3], field: '' }),
      );
      // Some hundred operations in float64, of values of about 1.
      for (const [i, value] of values[0].entries()) expect(values[1][i]).toBeCloseTo(value, 12);
    },
    600_000,
  );

  it('trains from the same start to the same parameters, where every step has every point', async () => {
    const initialParameters = [encodeTensor(Float64Array.from({ length: PARAMETERS }, () => random.normal()))];
    const given = { seeds: [1], initialParameters, parameters: true };
    const runs = await Promise.all(
      [ours, theirs].map((simulator) =>
        evaluate(simulator, given, { batchSize: LABELS, steps: 20 }, labels(1), test(1)),
      ),
    );
    const [one, other] = runs.map(([run]) => run);
    const expected = { dtype: 'float64', shape: [PARAMETERS], field: 'parameters' } as const;
    const values = [one, other].map(({ parameters }) => decodeTensor(parameters, expected));
    // Adam divides by the square root of squares: roundings of 1e-16 of a gradient grow, and stay far below 1e-8 in 20 steps.
    for (const [i, value] of values[0].entries()) expect(values[1][i]).toBeCloseTo(value, 8);
    expect(other.loss).toBeCloseTo(one.loss, 6);
    expect(other.accuracy).toBe(one.accuracy);
    expect(other.circuitExecutions).toBe(one.circuitExecutions);
    for (const [i, loss] of one.trainingLosses.entries()) expect(other.trainingLosses[i]).toBeCloseTo(loss, 8);
  }, 600_000);

  it('lets its clients ping during a long call', async () => {
    // Our clients ping every 20 s; ten times a second takes less time. By default a server of gRPC permits two such pings.
    const options = { 'grpc.keepalive_time_ms': 100, 'grpc.keepalive_timeout_ms': 60_000 };
    const client = new QnnSimulatorServiceClient(service.address, ChannelCredentials.createInsecure(), options);
    try {
      await new Promise<void>((resolve, reject) => {
        const call = client.evaluate((error) => (error ? reject(error) : resolve()));
        for (const part of partsOf({ seeds: [1] }, { batchSize: LABELS, steps: 3000 }, labels(1), test(1)))
          call.write({ part });
        call.end();
      });
    } finally {
      client.close();
    }
  }, 600_000);

  it('reaches the accuracy of ours over paired draws, within error', async () => {
    const accuracies: number[][] = [];
    for (let draw = 0; draw < DRAWS; draw++) {
      const runs = await Promise.all(
        [ours, theirs].map((one) =>
          evaluate(one, { seeds: [1, 2] }, { steps: 60, batchSize: LABELS }, labels(draw), test(draw)),
        ),
      );
      accuracies.push(runs.map((each) => each.reduce((sum, run) => sum + run.accuracy / each.length, 0)));
    }
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const differences = accuracies.map(([one, other]) => other - one);
    const spread = mean(differences.map((value) => (value - mean(differences)) ** 2));
    const error = Math.sqrt(spread / (DRAWS - 1));
    process.stderr.write(
      `PennyLane ${mean(accuracies.map(([, other]) => other)).toFixed(3)}, ours ${mean(accuracies.map(([one]) => one)).toFixed(3)}, ` +
        `difference ${mean(differences).toFixed(4)} ± ${error.toFixed(4)} over ${DRAWS} draws\n`,
    );
    // Four standard errors; the errors themselves are those of a few draws.
    expect(Math.abs(mean(differences))).toBeLessThanOrEqual(4 * error);
    expect(Math.min(...accuracies.map(([, other]) => other))).toBeGreaterThan(0.5);
  }, 600_000);
});
