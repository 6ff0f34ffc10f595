import { QnnArm, type QnnRun, type UtilityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { EvaluateRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { executorOf } from '@qloom/qnn/measurement/measurement.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { createPointsCollector } from '@qloom/study-rpc/codec/points.ts';
import { decodeTensor, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { readParts } from '@qloom/study-rpc/requests/part-order.ts';
import type { EngineChoice } from '../domain/engine-choice.ts';
import type { Arm, ArmResult, Evaluation } from '../domain/evaluation.ts';
import { MAX_FEATURES, MAX_POINT_BYTES, MAX_POINTS } from './capabilities.ts';
import { decodeQnn } from './qnn-settings.ts';

const ORDER = [
  ['settings', 'once'],
  ['training', 'some'],
  ['synthetic', 'any'],
  ['heldOut', 'some'],
] as const;

/**
 * Reads an evaluation. Rejects with an error that becomes INVALID_ARGUMENT if a part is missing, out of order or wrong,
 * and with the signal's reason once it has aborted.
 */
export async function readEvaluation(
  requests: MessageReader<EvaluateRequest>,
  engines: EngineChoice,
  signal: AbortSignal,
): Promise<Evaluation> {
  const roles = {
    training: createPointsCollector('training', MAX_POINTS),
    synthetic: createPointsCollector('synthetic', MAX_POINTS),
    heldOut: createPointsCollector('held_out', MAX_POINTS),
  };
  let bytes = 0;
  const take = (role: keyof typeof roles, field: string) => (message: LabelledPoints) => {
    bytes += message.x?.data.byteLength ?? 0;
    if (bytes > MAX_POINT_BYTES) {
      refuse(field, `takes the points above ${MAX_POINT_BYTES} bytes; right would be at most that in all`);
    }
    roles[role].add(message);
  };
  const { settings } = await readParts(requests, ORDER, {
    training: take('training', 'training'),
    synthetic: take('synthetic', 'synthetic'),
    heldOut: take('heldOut', 'held_out'),
  });
  const training = roles.training.points();
  if (training.features > MAX_FEATURES) {
    refuse('training.x', `has ${training.features} features; right would be at most ${MAX_FEATURES}`);
  }
  if (training.features < 1) refuse('training.x', 'has no features; right would be at least one');
  if (training.classes < 2) refuse('training.classes', `is ${training.classes}; right would be at least 2`);
  const heldOut = roles.heldOut.points();
  const none = { ...training, count: 0, x: new Float32Array(0), y: new Int32Array(0), group: undefined };
  return {
    fold: settings.fold,
    ...(await decodeQnn(settings.qnn, training, engines, signal)),
    seeds: settings.seeds,
    arms: settings.arms.map(decodeArm),
    probabilities: settings.probabilities,
    initialParameters: settings.initialParameters.map((tensor, i) => {
      const field = `settings.initial_parameters[${i}]`;
      return Float64Array.from(decodeTensor(tensor, { dtype: 'float64', shape: [null], finite: true, field }));
    }),
    scoredSteps: settings.scoredSteps,
    parameters: settings.parameters,
    training,
    synthetic: roles.synthetic.started ? roles.synthetic.points() : none,
    heldOut,
  };
}

/** Maximum size of the class probabilities of a report, in bytes: they are left out of a report with more. */
const MAX_PROBABILITY_BYTES = 2 ** 20;

/** The report of an evaluation. */
export function encodeReport(
  { fold, engine, settings, probabilities: isAsked, parameters: areAsked, heldOut }: Evaluation,
  results: readonly ArmResult[],
): UtilityReport {
  const bytes = results.reduce((sum, { probabilities }) => sum + probabilities.byteLength, 0);
  const shape = [heldOut.count, heldOut.classes];
  const runs = results.map((result) => {
    const run = { ...encodeRun(result), ...(areAsked ? { parameters: encodeTensor(result.parameters) } : {}) };
    return isAsked && bytes <= MAX_PROBABILITY_BYTES
      ? { ...run, probabilities: encodeTensor(result.probabilities, shape) }
      : run;
  });
  return { fold, engine: executorOf(engine, settings), runs };
}

function encodeRun(result: ArmResult): QnnRun {
  const { arm, seed, loss, accuracy, losses, predictions, trainingLoss, trainingLosses, gradientSteps } = result;
  return {
    arm: ARMS[arm],
    seed,
    loss,
    accuracy,
    losses: encodeTensor(losses),
    predictions: encodeTensor(predictions),
    trainingLoss,
    trainingLosses: [...trainingLosses],
    gradientSteps,
    circuitExecutions: result.circuitExecutions,
    seconds: result.seconds,
    scoredAccuracies: [...result.scoredAccuracies],
  };
}

const ARMS: Readonly<Record<Arm, QnnArm>> = {
  'real-only': QnnArm.REAL_ONLY,
  augmented: QnnArm.AUGMENTED,
  'synthetic-only': QnnArm.SYNTHETIC_ONLY,
};

function decodeArm(arm: QnnArm, index: number): Arm {
  const name = (Object.keys(ARMS) as Arm[]).find((candidate) => ARMS[candidate] === arm);
  return (
    name ??
    refuse(`settings.arms[${index}]`, `is ${arm}; right would be REAL_ONLY (1), AUGMENTED (2) or SYNTHETIC_ONLY (3)`)
  );
}

function refuse(field: string, description: string): never {
  throw new ValidationError([{ field, description }]);
}
