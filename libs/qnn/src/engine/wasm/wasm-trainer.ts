import { type Adam, createAdam, createAdamState } from '../../training/adam.ts';
import type { Trainer, TrainerSetup } from '../engine.ts';
import type { Executor } from './executor.ts';
import type { Host } from './host.ts';
import type { Pass } from './sweep.ts';
import { NO_ARRAYS, plainTask, type Task, type TaskArrays } from './task.ts';
import { createTrainingStep, type Trainee } from './training-step.ts';

/** Settings of a trainer: threads among which sets are distributed, or a pass. */
export interface TrainingMeans {
  readonly executor?: Executor;
  /** Execution of a parameter vector on rows. Default: row by row. */
  readonly pass?: Pass;
}

/**
 * Trains in the memory of a compiled circuit: points are not copied, and no promise is awaited between two steps. With
 * threads, each executes all steps of a set.
 */
export function createWasmTrainer(host: Host, setup: TrainerSetup, { executor, pass }: TrainingMeans): Trainer {
  const { rows, scale, loss, learningRate } = setup;
  const { length: sets } = setup.sets;
  const size = host.program.structure.circuit.parameters.length;
  const states = setup.sets.map(() => createAdamState(size));
  const trainees = setup.sets.map(({ parameters, inputs, labels }, set): Trainee => {
    const adam: Adam = createAdam(size, learningRate, states[set]);
    return { values: parameters.slice(), adam, inputs, labels };
  });
  const step = createTrainingStep(host, { loss, scale, rows }, pass);
  let losses = new Float64Array(0);

  /** Executes the steps on several threads, if the task is large enough. */
  const share = async (count: number, indices: Int32Array): Promise<boolean> => {
    if (!executor || executor.threads === 1 || sets < 2) return false;
    const task = plainTask('train', { sets, rows }, { loss, scale, learningRate, steps: count });
    const arrays = gather(host, task, trainees, states, indices, losses);
    if (!(await executor.share(task, arrays, NO_ARRAYS.parameters))) return false;
    trainees.forEach(({ values }, set) => {
      values.set(arrays.parameters.subarray(set * size, (set + 1) * size));
      states[set].set(arrays.adam.subarray(set * states[set].length, (set + 1) * states[set].length));
    });
    return true;
  };

  return {
    async run(count, indices) {
      if (losses.length !== count * sets) losses = new Float64Array(count * sets);
      if (await share(count, indices)) return losses;
      for (let i = 0; i < losses.length; i++) losses[i] = step(trainees[i % sets], i * rows, indices);
      return losses;
    },
    parameters: (set) => trainees[set].values.slice(),
  };
}

/** The arrays of a training's task, with the rows of its mini-batches one after another. */
function gather(
  host: Host,
  { sets, rows }: Task,
  trainees: readonly Trainee[],
  states: readonly Float64Array[],
  indices: Int32Array,
  losses: Float64Array,
): TaskArrays {
  const { inputs: width } = host.program.structure.circuit;
  const inputs = new Float64Array(indices.length * width);
  const labels = new Int32Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const points = trainees[Math.floor(i / rows) % sets];
    const from = indices[i] * width;
    for (let f = 0; f < width; f++) inputs[i * width + f] = points.inputs[from + f];
    labels[i] = points.labels[indices[i]];
  }
  const join = (parts: readonly Float64Array[]) => {
    const out = new Float64Array(parts.length * parts[0].length);
    parts.forEach((part, i) => {
      out.set(part, i * part.length);
    });
    return out;
  };
  const parameters = join(trainees.map(({ values }) => values));
  return { ...NO_ARRAYS, parameters, adam: join(states), inputs, labels, losses };
}
