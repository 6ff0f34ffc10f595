import { createRandom } from '@qloom/random/random.ts';
import type { CompiledCircuit } from '../engine/engine.ts';
import { initialParameters, logitScale } from '../model/qnn-model.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';
import { TrainingCancelledError, TrainingDivergedError } from './errors.ts';
import { type PointLoss, pointLoss } from './loss.ts';
import { createMiniBatches, type MiniBatches } from './mini-batches.ts';
import { type Score, score } from './score.ts';
import { createStepTrainer } from './step-trainer.ts';

/** Angles and labels as inputs of a circuit. */
export interface EncodedPoints {
  readonly count: number;
  /** float64, shape [count, inputs of the circuit]. */
  readonly angles: Float64Array;
  /** Class of each point, shape [count]. */
  readonly labels: Int32Array;
}

/** One training: a seed, a fold, an arm. */
export interface TrainingTask {
  /** Name in errors, such as 'fold 1, augmented, seed 7'. */
  readonly label: string;
  /** Initial parameters and mini-batches depend only on this seed. */
  readonly seed: number;
  readonly training: EncodedPoints;
  readonly heldOut: EncodedPoints;
  /** Initial parameters of the circuit. Default: random ones from the seed. */
  readonly initialParameters?: Float64Array;
  /** Numbers of steps, rising, after which the held-out points are scored; 0: before the first. Default: none. */
  readonly scoredSteps?: readonly number[];
}

/** The result of one training. */
export interface TrainingResult extends Score {
  /** Mean loss over the last tenth of the steps' mini-batches. */
  readonly trainingLoss: number;
  /** The learning curve: mean loss of the mini-batches in each of up to {@link CURVE_PARTS} equal parts of the steps, in order. */
  readonly trainingLosses: Float64Array;
  /** Number of Adam steps performed. */
  readonly gradientSteps: number;
  /** Number of executed circuits: a forward and an adjoint pass count one each. */
  readonly circuitExecutions: number;
  /** The circuit's parameters. */
  readonly parameters: Float64Array;
  /** Held-out accuracy after each of the task's `scoredSteps`. */
  readonly scoredAccuracies: Float64Array;
}

/** Maximum number of values of a learning curve. */
const CURVE_PARTS = 20;

/** Control of {@link trainQnns} while it runs. */
export interface TrainingOptions {
  /**
   * Called before every few steps, or before every step if steps take long; true ends training with
   * TrainingCancelledError.
   */
  readonly shouldStop?: () => boolean;
}

/** Number of steps per call of an engine: as many as take about as long as a step of 32 rows on twelve qubits. */
const stepsACall = (qubits: number, rows: number): number =>
  Math.max(1, Math.min(16, Math.floor(2 ** 17 / (2 ** qubits * rows))));

/** The state of one training while it is trained with the others. */
interface Trainee {
  readonly task: TrainingTask;
  readonly batches: MiniBatches;
  /** Circuit parameters: initial values, and finally the trained ones. */
  values: Float64Array;
  tailLoss: number;
  /** Sum of the losses in each part of the steps. */
  readonly partSums: Float64Array;
  /** Held-out accuracies so far, in the order of the task's scored steps. */
  readonly accuracies: number[];
}

/**
 * Trains QNNs for the same fixed number of steps, all at once, one parameter vector each. Every step has
 * `batchSize` rows, however few points there are. A training's bits depend only on its own task and the settings; scoring
 * along the way changes none. Throws TrainingDivergedError and TrainingCancelledError.
 */
export async function trainQnns(
  compiled: CompiledCircuit,
  settings: QnnSettings,
  tasks: readonly TrainingTask[],
  options: TrainingOptions = {},
): Promise<TrainingResult[]> {
  const loss = pointLoss(settings.loss);
  const trainees = tasks.map((task) => createTrainee(task, compiled, settings));
  await trainAll(compiled, settings, trainees, loss, options);
  const results: TrainingResult[] = [];
  for (const trainee of trainees) results.push(await finish(trainee, compiled, settings, loss));
  return results;
}

function createTrainee(task: TrainingTask, { circuit }: CompiledCircuit, { steps }: QnnSettings): Trainee {
  const random = createRandom(task.seed);
  const batches = createMiniBatches(task.training.count, random.fork('mini-batches'));
  return {
    task,
    batches,
    values: task.initialParameters ?? initialParameters(circuit, random.fork('parameters')),
    tailLoss: 0,
    partSums: new Float64Array(Math.min(CURVE_PARTS, steps)),
    accuracies: [],
  };
}

async function trainAll(
  compiled: CompiledCircuit,
  settings: QnnSettings,
  trainees: readonly Trainee[],
  lossOf: PointLoss,
  { shouldStop }: TrainingOptions,
): Promise<void> {
  const { steps, batchSize: rows, loss, learningRate } = settings;
  const sets = trainees.map(({ task: { training }, values }) => ({
    parameters: values,
    inputs: training.angles,
    labels: training.labels,
  }));
  const setup = { loss, scale: logitScale(loss), learningRate, rows, sets };
  const trainer = compiled.createTrainer?.(setup) ?? createStepTrainer(compiled, setup);
  const most = stepsACall(compiled.circuit.qubits, rows);
  const indices = new Int32Array(most * trainees.length * rows);
  const tail = Math.max(1, Math.floor(steps / 10));
  const pauses = [...new Set(trainees.flatMap(({ task }) => task.scoredSteps ?? []))].sort((a, b) => a - b);
  const scoreAt = async (step: number): Promise<void> => {
    for (const [set, trainee] of trainees.entries()) {
      if (!trainee.task.scoredSteps?.includes(step)) continue;
      const scored = await scoreHeldOut(compiled, settings, trainee.task.heldOut, trainer.parameters(set), lossOf);
      trainee.accuracies.push(scored.accuracy);
    }
  };
  await scoreAt(0);
  for (let done = 0, count = 0; done < steps; done += count) {
    if (shouldStop?.()) throw new TrainingCancelledError(`training stopped at step ${done} of ${steps}`);
    const pause = pauses.find((step) => step > done) ?? steps;
    count = Math.min(most, steps - done, pause - done);
    for (let i = 0; i < count * trainees.length; i++) {
      trainees[i % trainees.length].batches.next(indices.subarray(i * rows, (i + 1) * rows));
    }
    const losses = await trainer.run(count, indices.subarray(0, count * trainees.length * rows));
    losses.forEach((value, i) => {
      const trainee = trainees[i % trainees.length];
      const step = done + Math.floor(i / trainees.length);
      if (!Number.isFinite(value)) throw diverged(trainee, step, settings);
      if (step >= steps - tail) trainee.tailLoss += value / tail;
      trainee.partSums[partOf(step, steps)] += value;
    });
    if (done + count === pause) await scoreAt(pause);
  }
  trainees.forEach((trainee, set) => {
    trainee.values = trainer.parameters(set);
  });
}

async function finish(
  trainee: Trainee,
  compiled: CompiledCircuit,
  settings: QnnSettings,
  loss: PointLoss,
): Promise<TrainingResult> {
  const { heldOut } = trainee.task;
  const scored = await scoreHeldOut(compiled, settings, heldOut, trainee.values, loss);
  if (!Number.isFinite(scored.loss)) throw diverged(trainee, settings.steps, settings);
  return {
    ...scored,
    trainingLoss: trainee.tailLoss,
    trainingLosses: partMeans(trainee.partSums, settings.steps),
    gradientSteps: settings.steps,
    circuitExecutions: 2 * settings.steps * settings.batchSize + heldOut.count * (1 + trainee.accuracies.length),
    parameters: trainee.values,
    scoredAccuracies: Float64Array.from(trainee.accuracies),
  };
}

async function scoreHeldOut(
  compiled: CompiledCircuit,
  settings: QnnSettings,
  { count: rows, angles: inputs, labels }: EncodedPoints,
  parameters: Float64Array,
  loss: PointLoss,
): Promise<Score> {
  const expectations = await compiled.forward({ sets: 1, parameters, rows, inputs });
  return score(expectations, labels, logitScale(settings.loss), loss);
}

/** The part of a learning curve in which a step lies. */
const partOf = (step: number, steps: number): number => Math.floor((step * Math.min(CURVE_PARTS, steps)) / steps);

function partMeans(sums: Float64Array, steps: number): Float64Array {
  const counts = new Float64Array(sums.length);
  for (let step = 0; step < steps; step++) counts[partOf(step, steps)]++;
  return sums.map((sum, part) => sum / counts[part]);
}

const diverged = ({ task }: Trainee, step: number, { learningRate }: QnnSettings) =>
  new TrainingDivergedError(
    `${task.label}: the loss is not finite at step ${step}; finite inputs and a learning rate below ${learningRate} are right`,
  );
