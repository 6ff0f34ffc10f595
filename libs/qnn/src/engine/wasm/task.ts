import { adamStateLength } from '../../training/adam.ts';
import type { LossName } from '../../training/loss.ts';
import type { Program } from './compile.ts';

/** Operations on a batch. */
export type TaskKind = 'forward' | 'probabilities' | 'adjoint' | 'differentiate' | 'train';

/** Source of cotangents: a callback, or a loss that every thread can evaluate. */
export type TaskLoss = 'callback' | 'squared-error' | LossName;

/** Description of a task, without its arrays. */
export interface Task {
  readonly kind: TaskKind;
  readonly sets: number;
  /** Number of rows of a set; when training, of a mini-batch. */
  readonly rows: number;
  readonly sharedInputs: boolean;
  /** Gradients with respect to inputs too. */
  readonly wantsInputs: boolean;
  readonly loss: TaskLoss;
  /** Of logits. */
  readonly scale: number;
  /** Steps of a training, and its learning rate. */
  readonly steps: number;
  readonly learningRate: number;
}

/** A task with only the kind and the batch. */
export const plainTask = (
  kind: TaskKind,
  { sets, rows, sharedInputs = false }: { sets: number; rows: number; sharedInputs?: boolean },
  more: Partial<Task> = {},
): Task => ({
  ...{ kind, sets, rows, sharedInputs, wantsInputs: false, loss: 'callback', scale: 1, steps: 0, learningRate: 0 },
  ...more,
});

/** All arrays of a task, row-major; arrays that its kind does not use are empty. */
export interface TaskArrays {
  /** Shape [sets, parameters]; training changes them. */
  readonly parameters: Float64Array;
  /** Shape [sets or 1, rows, inputs]; when training, [steps, sets, rows, inputs]. */
  readonly inputs: Float64Array;
  /** Shape [sets, rows, observables]. */
  readonly cotangents: Float64Array;
  /** Shape [sets, rows, observables]. */
  readonly targets: Float64Array;
  /** Shape [sets, rows]; when training, [steps, sets, rows]. */
  readonly labels: Int32Array;
  /** Shape [sets, state of Adam]; training changes it. */
  readonly adam: Float64Array;
  /** Shape [sets, rows, observables]. */
  readonly expectations: Float64Array;
  /** Shape [units, terms of the gradient]. */
  readonly terms: Float64Array;
  /** Shape [sets, rows, inputs]. */
  readonly inputGradients: Float64Array;
  /** Shape [sets, rows, 2^qubits]. */
  readonly probabilities: Float64Array;
  /** Shape [steps, sets]. */
  readonly losses: Float64Array;
}

/** A task without any array. */
export const NO_ARRAYS: TaskArrays = {
  parameters: new Float64Array(0),
  inputs: new Float64Array(0),
  cotangents: new Float64Array(0),
  targets: new Float64Array(0),
  labels: new Int32Array(0),
  adam: new Float64Array(0),
  expectations: new Float64Array(0),
  terms: new Float64Array(0),
  inputGradients: new Float64Array(0),
  probabilities: new Float64Array(0),
  losses: new Float64Array(0),
};

/** Number of chunks of a set's rows. */
export const chunkCount = ({ rows }: Task, { chunkRows }: Program): number => Math.ceil(rows / chunkRows);

/** Number of units of a task, which threads may execute in any order: chunks of rows, or the sets of a training. */
export const unitsOf = (task: Task, program: Program): number =>
  task.kind === 'train' ? task.sets : task.sets * chunkCount(task, program);

/** Lengths of all arrays of a task, in numbers; `gradientTerms` is that of the host. */
export function arrayLengths(
  task: Task,
  program: Program,
  gradientTerms: number,
): Readonly<Record<keyof TaskArrays, number>> {
  const { circuit, readout } = program.structure;
  const { kind, sets, rows, loss, steps } = task;
  const training = kind === 'train';
  const gradients = kind === 'adjoint' || kind === 'differentiate';
  const cells = sets * rows;
  const observed = cells * readout.observables.length;
  const classified = loss === 'cross-entropy' || loss === 'mse';
  const parameters = circuit.parameters.length;
  return {
    parameters: sets * parameters,
    inputs: circuit.inputs * (training ? steps * cells : task.sharedInputs ? rows : cells),
    cotangents: kind === 'adjoint' ? observed : 0,
    targets: loss === 'squared-error' ? observed : 0,
    labels: classified ? cells * (training ? steps : 1) : 0,
    adam: training ? sets * adamStateLength(parameters) : 0,
    expectations: gradients || kind === 'forward' ? observed : 0,
    terms: gradients ? unitsOf(task, program) * gradientTerms : 0,
    inputGradients: gradients && task.wantsInputs ? cells * circuit.inputs : 0,
    probabilities: kind === 'probabilities' ? cells * 2 ** circuit.qubits : 0,
    losses: training ? steps * sets : 0,
  };
}
