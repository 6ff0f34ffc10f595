import { createRandom } from '@qloom/random/random.ts';
import type { CompiledCircuit } from '../engine/engine.ts';
import { initialParameters, logitScale } from '../model/qnn-model.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';
import { type Adam, createAdam } from './adam.ts';
import { TrainingCancelledError, TrainingDivergedError } from './errors.ts';
import { type PointLoss, pointLoss } from './loss.ts';
import { createMiniBatches, type MiniBatches } from './mini-batches.ts';
import { type Score, score } from './score.ts';

/** Angles and labels, ready for a circuit. */
export interface EncodedPoints {
  readonly count: number;
  /** float64, shape [count, inputs of the circuit]. */
  readonly angles: Float64Array;
  /** Class of each point, shape [count]. */
  readonly labels: Int32Array;
}

/** One training: a seed, a fold, an arm. */
export interface TrainingTask {
  /** Named in errors, such as 'fold 1, augmented, seed 7'. */
  readonly label: string;
  /** Initial parameters and mini-batches are functions of it alone. */
  readonly seed: number;
  readonly training: EncodedPoints;
  readonly heldOut: EncodedPoints;
}

/** One training's outcome. */
export interface TrainingResult extends Score {
  /** Mean loss over the last tenth of the steps' mini-batches. */
  readonly trainingLoss: number;
  /** Adam steps done. */
  readonly gradientSteps: number;
  /** Circuits executed: a forward and an adjoint pass count one each. */
  readonly circuitExecutions: number;
  /** The circuit's parameters. */
  readonly parameters: Float64Array;
}

/** What {@link trainQnns} may be told while it works. */
export interface TrainingOptions {
  /** Asked before every step; true ends training with TrainingCancelledError. */
  readonly shouldStop?: () => boolean;
  /** Called after every step, and awaited: where a thread yields to its event loop. */
  readonly afterStep?: (step: number) => void | Promise<void>;
}

/** The state of one training while its group goes on. */
interface Trainee {
  readonly task: TrainingTask;
  readonly batches: MiniBatches;
  readonly indices: Int32Array;
  readonly adam: Adam;
  /** Circuit parameters. */
  readonly values: Float64Array;
  readonly gradient: Float64Array;
  batchLoss: number;
  tailLoss: number;
}

/**
 * Trains QNNs for the same fixed number of steps, several at once: those with equal batch sizes step together, one
 * parameter vector each. A training's bits depend on its own task and the settings alone. Throws TrainingDivergedError
 * and TrainingCancelledError.
 */
export async function trainQnns(
  compiled: CompiledCircuit,
  settings: QnnSettings,
  tasks: readonly TrainingTask[],
  options: TrainingOptions = {},
): Promise<TrainingResult[]> {
  const loss = pointLoss(settings.loss);
  const trainees = tasks.map((task) => createTrainee(task, compiled, settings));
  for (const size of new Set(trainees.map((trainee) => trainee.batches.size))) {
    const group = trainees.filter((trainee) => trainee.batches.size === size);
    await trainGroup(compiled, settings, group, size, loss, options);
  }
  const results: TrainingResult[] = [];
  for (const trainee of trainees) results.push(await finish(trainee, compiled, settings, loss));
  return results;
}

function createTrainee(task: TrainingTask, { circuit }: CompiledCircuit, settings: QnnSettings): Trainee {
  const random = createRandom(task.seed);
  const batches = createMiniBatches(task.training.count, settings.batchSize, random.fork('mini-batches'));
  const size = circuit.parameters.length;
  return {
    task,
    batches,
    indices: new Int32Array(batches.size),
    adam: createAdam(size, settings.learningRate),
    values: initialParameters(circuit, random.fork('parameters')),
    gradient: new Float64Array(size),
    batchLoss: 0,
    tailLoss: 0,
  };
}

async function trainGroup(
  compiled: CompiledCircuit,
  settings: QnnSettings,
  group: readonly Trainee[],
  rows: number,
  loss: PointLoss,
  { shouldStop, afterStep }: TrainingOptions,
): Promise<void> {
  const { circuit, observables } = compiled;
  const count = circuit.parameters.length;
  const width = circuit.inputs;
  const parameters = new Float64Array(group.length * count);
  const inputs = new Float64Array(group.length * rows * width);
  const batch = { sets: group.length, parameters, rows, inputs };
  const scale = logitScale(settings.loss);
  const logits = new Float64Array(observables.length);
  const slopes = new Float64Array(observables.length);
  const cotangentsOf = (set: number, row: number, expectations: Float64Array, cotangents: Float64Array) => {
    const trainee = group[set];
    for (let c = 0; c < logits.length; c++) logits[c] = scale * expectations[c];
    trainee.batchLoss += loss(logits, trainee.task.training.labels[trainee.indices[row]], slopes) / rows;
    for (let c = 0; c < logits.length; c++) {
      cotangents[c] = (scale * slopes[c]) / rows;
    }
  };
  const tail = Math.max(1, Math.floor(settings.steps / 10));
  for (let step = 0; step < settings.steps; step++) {
    if (shouldStop?.()) throw new TrainingCancelledError(`training stopped at step ${step} of ${settings.steps}`);
    group.forEach((trainee, set) => {
      const { angles } = trainee.task.training;
      trainee.batches.next(trainee.indices);
      for (let row = 0; row < rows; row++) {
        const from = trainee.indices[row] * width;
        const to = (set * rows + row) * width;
        for (let f = 0; f < width; f++) inputs[to + f] = angles[from + f];
      }
      for (let i = 0; i < count; i++) parameters[set * count + i] = trainee.values[i];
      trainee.batchLoss = 0;
    });
    const gradients = await compiled.differentiate(batch, cotangentsOf);
    group.forEach((trainee, set) => {
      if (!Number.isFinite(trainee.batchLoss)) throw diverged(trainee, step, settings);
      for (let i = 0; i < count; i++) trainee.gradient[i] = gradients.parameters[set * count + i];
      trainee.adam.step(trainee.values, trainee.gradient);
      if (step >= settings.steps - tail) trainee.tailLoss += trainee.batchLoss / tail;
    });
    await afterStep?.(step);
  }
}

async function finish(
  trainee: Trainee,
  compiled: CompiledCircuit,
  settings: QnnSettings,
  loss: PointLoss,
): Promise<TrainingResult> {
  const { heldOut } = trainee.task;
  const expectations = await compiled.forward({
    sets: 1,
    parameters: trainee.values,
    rows: heldOut.count,
    inputs: heldOut.angles,
  });
  const scored = score(expectations, heldOut.labels, logitScale(settings.loss), loss);
  if (!Number.isFinite(scored.loss)) throw diverged(trainee, settings.steps, settings);
  return {
    ...scored,
    trainingLoss: trainee.tailLoss,
    gradientSteps: settings.steps,
    circuitExecutions: 2 * settings.steps * trainee.batches.size + heldOut.count,
    parameters: trainee.values,
  };
}

const diverged = ({ task }: Trainee, step: number, { learningRate }: QnnSettings) =>
  new TrainingDivergedError(
    `${task.label}: the loss is not finite at step ${step}; finite inputs and a learning rate below ${learningRate} are right`,
  );
