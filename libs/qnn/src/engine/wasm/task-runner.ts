import { adamStateLength, createAdam } from '../../training/adam.ts';
import type { LossName } from '../../training/loss.ts';
import type { RowCotangents } from '../row-loss.ts';
import { lossCotangents } from '../row-loss.ts';
import type { Host } from './host.ts';
import { createSweep, sweepBlocks } from './sweep.ts';
import { chunkCount, NO_ARRAYS, plainTask, type Task, type TaskArrays } from './task.ts';
import { createTrainingStep } from './training-step.ts';

/**
 * Executes the units of one task after another, in the memory of its host; every participating thread has its own
 * runner.
 */
export interface TaskRunner {
  /** Begins a task with its arrays. `cotangentsOf` is for a loss that is a callback. */
  begin(task: Task, arrays: TaskArrays, cotangentsOf?: RowCotangents): void;
  /**
   * Executes a unit; the terms of its gradient are written to slot `slot`. The bits depend only on the unit's rows and
   * parameters.
   */
  run(unit: number, slot: number): void;
}

/** Some rows of one set: the first is execution number `at` of the batch, and number `from` of the inputs. */
interface Rows {
  readonly set: number;
  readonly row: number;
  readonly count: number;
  readonly at: number;
  readonly from: number;
  /** The address after their last block. */
  readonly end: number;
}

/** Prepares a compiled circuit's tasks. */
export function createTaskRunner(host: Host): TaskRunner {
  const { chunkRows, structure } = host.program;
  const parameters = structure.circuit.parameters.length;
  const onRows = rowsRunner(host);
  let [task, arrays] = [NO_TASK, NO_ARRAYS];
  let cotangents: RowCotangents = NO_COTANGENTS;
  let chunks = 0;
  let current = -1;
  let train: (set: number) => void = () => {};

  const runRows = (unit: number, slot: number) => {
    const set = Math.floor(unit / chunks);
    if (set !== current) host.setParameters(arrays.parameters, set * parameters);
    current = set;
    const row = (unit - set * chunks) * chunkRows;
    const count = Math.min(chunkRows, task.rows - row);
    const from = (task.sharedInputs ? 0 : set * task.rows) + row;
    const end = host.setInputs(arrays.inputs, from, count);
    onRows(task, arrays, cotangents, { set, row, count, at: set * task.rows + row, from, end }, slot);
  };

  return {
    begin(next, itsArrays, cotangentsOf) {
      [task, arrays] = [next, itsArrays];
      cotangents = cotangentsOf ?? taskCotangents(task, arrays);
      chunks = chunkCount(task, host.program);
      current = -1;
      if (task.kind === 'train') train = trainingOf(host, task, arrays);
    },
    run(unit, slot) {
      if (task.kind === 'train') train(unit);
      else runRows(unit, slot);
    },
  };
}

const NO_TASK = plainTask('forward', { sets: 0, rows: 0 });
const NO_COTANGENTS: RowCotangents = () => {};

/** The derivative of a task's loss, for tasks that request it row by row. */
function taskCotangents({ kind, loss, rows, scale }: Task, { labels }: TaskArrays): RowCotangents {
  if (kind !== 'differentiate' || loss === 'callback' || loss === 'squared-error') return NO_COTANGENTS;
  return lossCotangents({ kind: 'classification', rows, loss, scale, labels });
}

/** The operation on rows whose parameters and inputs are in memory. */
function rowsRunner(
  host: Host,
): (task: Task, arrays: TaskArrays, cotangentsOf: RowCotangents, rows: Rows, slot: number) => void {
  const { exports, program } = host;
  const { blocks } = program.memory;
  const { readout, circuit } = program.structure;
  const observed = readout.observables.length;
  const sweep = createSweep(host, observed);
  /** Collects the results of the backward sweeps of a chunk. */
  const finish = ({ wantsInputs }: Task, arrays: TaskArrays, { count, at, from }: Rows, slot: number) => {
    host.readGradientTerms(arrays.terms, slot * host.gradientTerms);
    if (!wantsInputs) return;
    const to = at * circuit.inputs;
    arrays.inputGradients.fill(0, to, to + count * circuit.inputs);
    host.addInputGradients(arrays.inputs, from, count, arrays.inputGradients, to);
  };
  return (task, arrays, cotangentsOf, rows, slot) => {
    const { set, row, at, count, end } = rows;
    const { kind, wantsInputs } = task;
    const { expectations } = arrays;
    if (kind === 'probabilities') return readProbabilities(host, count, arrays.probabilities, at);
    if (kind === 'forward') {
      exports.forwards(blocks, end);
      return host.readout.expectations(expectations, at * observed, count);
    }
    if (kind === 'adjoint') {
      host.clearTotals();
      host.readout.setCotangents(arrays.cotangents, at * observed, count);
      if (wantsInputs) exports.inputGradients(blocks, end);
      else exports.gradients(blocks, end);
      host.readout.expectations(expectations, at * observed, count);
    } else if (task.loss === 'squared-error') {
      const scale = 2 / (task.rows * observed);
      sweepBlocks(host, count, wantsInputs, (block, first, some) => {
        const loss = { scale, targets: arrays.targets, targetsAt: (set * task.rows + row + first) * observed };
        host.readout.squaredError(block, some, expectations, (at + first) * observed, loss);
      });
    } else {
      sweep(expectations, at, count, wantsInputs, (i, values, slopes) => cotangentsOf(set, row + i, values, slopes));
    }
    finish(task, arrays, rows, slot);
  };
}

/** Writes |amplitude|² of the rows in memory to `out`, from row `at` on. */
function readProbabilities(host: Host, rows: number, out: Float64Array, at: number): void {
  const { memory, shape } = host.program;
  const { lanes, numberBytes } = shape;
  const size = 2 ** shape.qubits;
  const { states } = memory.layers[memory.layers.length - 1];
  for (let first = 0; first < rows; first += lanes) {
    host.exports.forward(host.blockAddress(first / lanes));
    host.exports.probabilities(states[states.length - 1], memory.scratch);
    for (let j = 0; j < Math.min(lanes, rows - first); j++) {
      const to = (at + first + j) * size;
      for (let k = 0; k < size; k++) out[to + k] = host.numbers[memory.scratch / numberBytes + k * lanes + j];
    }
  }
}

/** All steps of one set; its mini-batches are consecutive in `inputs`. */
function trainingOf(host: Host, task: Task, arrays: TaskArrays): (set: number) => void {
  const { sets, rows, steps, learningRate } = task;
  const { inputs, labels, losses } = arrays;
  const size = host.program.structure.circuit.parameters.length;
  const state = adamStateLength(size);
  const step = createTrainingStep(host, { loss: task.loss as LossName, scale: task.scale, rows });
  return (set) => {
    const values = arrays.parameters.subarray(set * size, (set + 1) * size);
    const adam = createAdam(size, learningRate, arrays.adam.subarray(set * state, (set + 1) * state));
    const trainee = { values, adam, inputs, labels };
    for (let i = 0; i < steps; i++) losses[i * sets + set] = step(trainee, (i * sets + set) * rows);
  };
}
