import type { Circuit } from '@qloom/quantum/circuit.ts';
import { createRandom } from '@qloom/random/random.ts';
import { createAdam } from '../training/adam.ts';
import { TrainingDivergedError } from '../training/errors.ts';
import type { LossName } from '../training/loss.ts';
import { createMiniBatches } from '../training/mini-batches.ts';
import type { EncodedPoints } from '../training/train.ts';
import type { ShotBudget } from './allocate-shots.ts';
import { type DeviceExecutor, type DeviceRun, runSize } from './device.ts';
import type { DeviceState } from './device-state.ts';
import { measureGradient, type PreparedStep, prepareStep, type StepRows } from './device-step.ts';
import type { MeasurementPlan } from './measurement-plan.ts';

/** A training on a device. All but `steps` must be the same when it is continued. */
export interface DeviceTraining {
  readonly circuit: Circuit;
  readonly plan: MeasurementPlan;
  readonly points: EncodedPoints;
  readonly loss: LossName;
  /** Rows of a step. */
  readonly batchSize: number;
  /** Adam's. */
  readonly learningRate: number;
  /** Shots of a step, and of an execution. */
  readonly budget: ShotBudget;
  /** Determines mini-batches and, with a simulated backend, counts. */
  readonly seed: number;
  /** Number of steps from the first. */
  readonly steps: number;
}

/** What a step has done. */
export interface DeviceStepReport {
  /** Loss of the mini-batch, as measured. */
  readonly loss: number;
  /** Length of the gradient, and its standard error. */
  readonly gradient: number;
  readonly gradientError: number;
}

/** Weight of a step in the running means of what shares out shots. */
const LATEST = 0.3;

/**
 * Trains by parameter shift on a device, one run `step-<n>` a step from n = 1. `keep` is called with the state after each step, and the training
 * continues from any of them: an interrupted step is prepared again with the same tasks and the same name, so that the executor finds what
 * was paid for. Resolves to the state after the last step. Throws TrainingDivergedError where a gradient is not finite, ShotBudgetError,
 * and what the executor throws.
 */
export async function trainOnDevice(
  training: DeviceTraining,
  start: DeviceState,
  execute: DeviceExecutor,
  keep: (state: DeviceState, report: DeviceStepReport) => Promise<void> | void,
): Promise<DeviceState> {
  const rowsAt = rowsOfSteps(training);
  let state = start;
  while (state.step < training.steps) {
    const rows = rowsAt(state.step);
    const prepared = prepareStep(training.plan, state, rows, training.loss, training.budget);
    const counts = await execute(stepRun(training, state.step, prepared));
    const measured = measureGradient(training.plan, state, rows, training.loss, prepared, counts);
    if (!measured.gradient.every(Number.isFinite)) {
      throw new TrainingDivergedError(
        `the gradient is not finite at step ${state.step + 1}; finite inputs and a learning rate below ${training.learningRate} are right`,
      );
    }
    state = nextState(training, state, rows, prepared, measured);
    const gradient = Math.sqrt(measured.gradient.reduce((sum, value) => sum + value ** 2, 0));
    await keep(state, { loss: measured.loss, gradient, gradientError: Math.sqrt(measured.variance) });
  }
  return state;
}

/** The run of the step after the state `before`. */
const stepRun = ({ seed }: DeviceTraining, before: number, { tasks }: PreparedStep): DeviceRun => ({
  name: `step-${before + 1}`,
  tasks,
  seed: createRandom(seed).seedFor(`step-${before + 1}`),
});

/** The run of the first step, which has as many executions as any. */
export const firstRun = (training: DeviceTraining, start: DeviceState): DeviceRun =>
  stepRun(training, 0, prepareStep(training.plan, start, rowsOfSteps(training)(0), training.loss, training.budget));

/** The rows of each step, asked for in rising order: those of a training that begins again are skipped. */
function rowsOfSteps({ points, batchSize, seed, circuit }: DeviceTraining): (step: number) => StepRows {
  const batches = createMiniBatches(points.count, createRandom(seed).fork('mini-batches'));
  const indices = new Int32Array(batchSize);
  let drawn = 0;
  return (step) => {
    for (; drawn <= step; drawn++) batches.next(indices);
    const { inputs: width } = circuit;
    const inputs = new Float64Array(batchSize * width);
    indices.forEach((point, row) => {
      inputs.set(points.angles.subarray(point * width, (point + 1) * width), row * width);
    });
    return { points: indices.slice(), inputs, labels: Int32Array.from(indices, (point) => points.labels[point]) };
  };
}

function nextState(
  { learningRate }: DeviceTraining,
  state: DeviceState,
  rows: StepRows,
  prepared: PreparedStep,
  measured: ReturnType<typeof measureGradient>,
): DeviceState {
  const size = runSize(prepared);
  const parameters = Float64Array.from(state.parameters);
  const adam = Float64Array.from(state.adam);
  createAdam(parameters.length, learningRate, adam).step(parameters, measured.gradient);
  const expectations = [...state.expectations];
  rows.points.forEach((point, row) => {
    expectations[point] = [...measured.expectations[row]];
  });
  const share = state.step === 0 ? 1 : LATEST;
  const mixed = (before: readonly number[], now: Float64Array) =>
    before.map((value, i) => value + share * (now[i] - value));
  return {
    step: state.step + 1,
    parameters: [...parameters],
    adam: [...adam],
    expectations,
    covariances: state.covariances.map((before, u) => mixed(before, measured.covariances[u])),
    slopes: mixed(state.slopes, measured.slopes),
    losses: [...state.losses, measured.loss],
    shots: state.shots + size.shots,
    executions: state.executions + size.executions,
  };
}
