import { QnnArm, type QnnRun } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';

/** Faults of a toy simulator. */
export type SimulatorFault =
  | 'loss'
  | 'accuracy'
  | 'runs'
  | 'not deterministic'
  | 'prediction'
  | 'probabilities'
  | 'status';

const EVALUATE = [
  ['settings', 'once'],
  ['training', 'some'],
  ['synthetic', 'any'],
  ['heldOut', 'some'],
] as const;

const ANSATZES = ['', 'data-reuploading', 'hardware-efficient', 'strongly-entangling'];

/** Evaluates a guess, the class of the nearest class mean, with or without one fault. No circuits and no critic. */
export function toySimulator(fault?: SimulatorFault): ServiceBinding {
  let calls = 0;
  const unsupported = (): never => {
    throw new DomainError('unsupported', 'is not offered');
  };
  const refuse = (field: string): never => {
    if (fault === 'status') throw new DomainError('not-found', field);
    throw new ValidationError([{ field, description: 'is missing or wrong' }]);
  };
  const orFault = <T>(reading: Promise<T>): Promise<T> =>
    reading.catch((error) => {
      throw fault === 'status' ? new DomainError('not-found', 'a part') : error;
    });
  return bindService(QnnSimulatorServiceService, {
    getCapabilities: () => ({
      capabilities: { service: 'toy', version: '1.0.0', engines: [], limits: [], hyperparameters: [] },
    }),
    async evaluate(requests) {
      const roles = {
        training: createPointsCollector('training'),
        synthetic: createPointsCollector('synthetic'),
        heldOut: createPointsCollector('held_out'),
      };
      const { settings } = await orFault(
        readParts(requests, EVALUATE, {
          training: roles.training.add,
          synthetic: roles.synthetic.add,
          heldOut: roles.heldOut.add,
        }),
      );
      if (settings.seeds.length === 0) return refuse('settings');
      if (!ANSATZES.includes(settings.qnn?.ansatz ?? '')) refuse('settings.qnn.ansatz');
      const { qnn, fold, seeds, arms } = settings;
      const both = roles.synthetic.started ? [QnnArm.REAL_ONLY, QnnArm.AUGMENTED] : [QnnArm.REAL_ONLY];
      const wanted = arms.length > 0 ? arms : both;
      const training = roles.training.points();
      const heldOut = roles.heldOut.points();
      if (roles.synthetic.started) roles.synthetic.points();
      const noise = fault === 'not deterministic' ? ++calls : 0;
      const runs = wanted.flatMap((arm) =>
        seeds.map((seed) => runOf(arm, seed, training, heldOut, qnn?.steps ?? 0, fault, noise)),
      );
      if (fault === 'runs') runs.pop();
      return { report: { fold, runs, engine: 'toy' } };
    },
    expectation: unsupported,
    gradient: unsupported,
    measure: unsupported,
    // biome-ignore lint/correctness/useYield: refuses before it could answer.
    async *minimize() {
      unsupported();
    },
  });
}

function runOf(
  arm: QnnRun['arm'],
  seed: number,
  { features, classes, x, y }: Points,
  heldOut: Points,
  steps: number,
  fault: SimulatorFault | undefined,
  noise: number,
): QnnRun {
  const means = Array.from({ length: classes }, (_, label) =>
    Array.from({ length: features }, (_, j) => {
      const rows = [...y.keys()].filter((row) => y[row] === label);
      return rows.reduce((sum, row) => sum + x[row * features + j], 0) / rows.length;
    }),
  );
  const distance = (row: number, label: number) =>
    Math.hypot(...means[label].map((mean, j) => mean - heldOut.x[row * features + j]));
  const predictions = Int32Array.from({ length: heldOut.count }, (_, row) => {
    const all = means.map((_, label) => distance(row, label));
    return all.indexOf(Math.min(...all));
  });
  const losses = Float32Array.from(predictions, (_, row) => distance(row, heldOut.y[row]) + noise);
  const right = predictions.filter((label, row) => label === heldOut.y[row]).length / heldOut.count;
  if (fault === 'prediction') predictions[0] = classes;
  return {
    arm,
    seed,
    loss: losses.reduce((a, b) => a + b, 0) / (fault === 'loss' ? 1 : losses.length),
    accuracy: fault === 'accuracy' ? right / 2 : right,
    losses: encodeTensor(losses),
    predictions: encodeTensor(predictions),
    // Correct simulators need not offer them.
    ...(fault === 'probabilities'
      ? { probabilities: encodeTensor(new Float32Array(heldOut.count * classes).fill(1), [heldOut.count, classes]) }
      : {}),
    trainingLoss: 1,
    trainingLosses: [],
    scoredAccuracies: [],
    gradientSteps: steps,
    circuitExecutions: steps,
    seconds: 0.1,
  };
}
