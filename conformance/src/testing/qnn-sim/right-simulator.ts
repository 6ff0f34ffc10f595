import { QnnArm, type QnnRun } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { type EvaluateSettings, QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import { rightCircuits } from './right-circuits.ts';
import { trainSoftmax } from './softmax-run.ts';

const EVALUATE = [
  ['settings', 'once'],
  ['training', 'some'],
  ['synthetic', 'any'],
  ['heldOut', 'some'],
] as const;

const ANSATZES = ['', 'data-reuploading', 'hardware-efficient', 'strongly-entangling'];
const LIMITS = { qubits: 20, layers: 10, steps: 1000, batch_size: 512, points: 1000, features: 50 };

/** A small right simulator: a softmax regression in place of a QNN, and circuits as programs of a few gates. */
export function rightSimulator(): ServiceBinding {
  return bindService(QnnSimulatorServiceService, {
    getCapabilities: () => ({
      capabilities: {
        service: 'toy',
        version: '1.0.0',
        engines: [],
        limits: Object.entries(LIMITS).map(([name, maximum]) => ({ name, maximum })),
        hyperparameters: [],
      },
    }),
    async evaluate(requests) {
      const [training, synthetic, heldOut] = ['training', 'synthetic', 'held_out'].map((name) =>
        createPointsCollector(name, LIMITS.points),
      );
      const takers = { training: training.add, synthetic: synthetic.add, heldOut: heldOut.add };
      const { settings } = await readParts(requests, EVALUATE, takers);
      const real = training.points();
      const added = synthetic.started ? synthetic.points() : undefined;
      const scored = heldOut.points();
      check(settings, real);
      const both = added === undefined ? [QnnArm.REAL_ONLY] : [QnnArm.REAL_ONLY, QnnArm.AUGMENTED];
      const arms = settings.arms.length > 0 ? settings.arms : both;
      const runs = arms.flatMap((arm) => {
        const points = arm === QnnArm.REAL_ONLY || added === undefined ? real : together(real, added);
        return settings.seeds.map((seed) => runOf(arm, seed, settings, points, scored));
      });
      return { report: { fold: settings.fold, runs, engine: 'toy' } };
    },
    ...rightCircuits,
  });
}

function check({ seeds, qnn }: EvaluateSettings, { features }: Points): void {
  const rules: readonly (readonly [string, boolean])[] = [
    ['settings.seeds', seeds.length > 0],
    ['settings.qnn.ansatz', ANSATZES.includes(qnn?.ansatz ?? '')],
    ['settings.qnn.qubits', (qnn?.qubits ?? 0) <= LIMITS.qubits],
    ['settings.qnn.layers', (qnn?.layers ?? 0) <= LIMITS.layers],
    ['settings.qnn.steps', (qnn?.steps ?? 0) <= LIMITS.steps],
    ['settings.qnn.batch_size', (qnn?.batchSize ?? 0) <= LIMITS.batch_size],
    ['training.x', features <= LIMITS.features],
  ];
  const broken = rules.filter(([, holds]) => !holds);
  if (broken.length === 0) return;
  throw new ValidationError(
    broken.map(([field]) => ({ field, description: 'is missing, unknown or above its limit' })),
  );
}

function together(one: Points, other: Points): Points {
  return {
    ...one,
    count: one.count + other.count,
    x: Float32Array.from([...one.x, ...other.x]),
    y: Int32Array.from([...one.y, ...other.y]),
  };
}

function runOf(
  arm: QnnArm,
  seed: number,
  { qnn, probabilities: wanted }: EvaluateSettings,
  points: Points,
  heldOut: Points,
): QnnRun {
  const { steps = 0, batchSize = 1, learningRate = 0 } = qnn ?? {};
  const model = trainSoftmax(points, { seed, steps, batchSize, learningRate });
  const rows = Array.from({ length: heldOut.count }, (_, row) => model.probabilities(heldOut, row));
  const losses = Float32Array.from(rows, (p, row) => -Math.log(p[heldOut.y[row]]));
  const predictions = Int32Array.from(rows, (p) => p.indexOf(Math.max(...p)));
  return {
    arm,
    seed,
    loss: losses.reduce((a, b) => a + b, 0) / losses.length,
    accuracy: predictions.filter((label, row) => label === heldOut.y[row]).length / heldOut.count,
    losses: encodeTensor(losses),
    predictions: encodeTensor(predictions),
    probabilities: wanted ? encodeTensor(Float32Array.from(rows.flat()), [heldOut.count, heldOut.classes]) : undefined,
    trainingLoss: model.trainingLoss,
    trainingLosses: [],
    scoredAccuracies: [],
    gradientSteps: steps,
    circuitExecutions: 2 * steps,
    seconds: 0.1,
  };
}
