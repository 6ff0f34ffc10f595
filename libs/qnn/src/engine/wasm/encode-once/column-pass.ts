import type { Host } from '../host.ts';
import { createGradientAdder, type Pass } from '../sweep.ts';
import { COLLECTED_BLOCKS } from './column-module.ts';
import type { ColumnPlan } from './column-plan.ts';

/** Number of rows after which running totals are added to the sums, which keeps rounding errors small. */
const SETTLED_ROWS = 1024;

/** Execution of a parameter vector over moments; the inputs of one chunk of rows at a time are in memory. */
export interface ColumnPass extends Pass {
  /** Writes the observables of a chunk's rows to `out`, shape [rows, observables], from row `at` on. */
  evaluate(out: Float64Array, at: number, rows: number): void;
  /**
   * Collects the moments of the rows that were evaluated last, weighted by cotangents of shape [rows, observables] from
   * row `at` on; with `inputs`, also the gradient with respect to every row's inputs.
   */
  collect(cotangents: Float64Array, at: number, rows: number, inputs: boolean): void;
}

/** The pass of a program that is executed by columns. */
export function createColumnPass(host: Host, plan: ColumnPlan): ColumnPass {
  const { exports, numbers, program } = host;
  const { lanes, numberBytes } = program.shape;
  const { outputs } = plan;
  const constants = program.structure.readout.observables.map((one) => one.constant);
  const prepareColumns = required(exports.prepareColumns);
  const evaluateRows = required(exports.evaluateRows);
  const collectBlocks = required(exports.collectBlocks);
  const collectBlock = required(exports.collectBlock);
  const rowGradients = required(exports.rowGradients);
  const settleTotals = required(exports.settleTotals);
  const returnColumns = required(exports.returnColumns);
  const trainable = program.structure.circuit.parameters.length > 0;
  const known = new Float64Array(program.structure.circuit.parameters.length).fill(Number.NaN);
  const addGradient = createGradientAdder(host);
  const values = new Float64Array(outputs);
  const slopes = new Float64Array(outputs);
  const none = new Float64Array(outputs);
  let prepared = false;
  let unsettled = 0;

  const evaluate: ColumnPass['evaluate'] = (out, at, rows) => {
    const used = Math.ceil(rows / lanes);
    evaluateRows(host.blockAddress(0), host.blockAddress(used));
    for (let b = 0; b < used; b++) {
      const from = (host.blockAddress(b) + plan.outputsAt) / numberBytes;
      const count = Math.min(lanes, rows - b * lanes);
      for (let j = 0; j < count; j++) {
        const to = (at + b * lanes + j) * outputs;
        for (let k = 0; k < outputs; k++) out[to + k] = constants[k] + numbers[from + k * lanes + j];
      }
    }
  };
  /** Position of a row's first cotangent; the others follow at distances of `lanes` numbers. */
  const cotangentAt = (row: number): number =>
    (host.blockAddress(Math.floor(row / lanes)) + plan.cotangentsAt) / numberBytes + (row % lanes);
  const setCotangents = (row: number, cotangents: Float64Array, from: number) => {
    const to = cotangentAt(row);
    for (let k = 0; k < outputs; k++) numbers[to + k * lanes] = cotangents[from + k];
  };
  const collect = (rows: number, inputs: boolean) => {
    const used = Math.ceil(rows / lanes);
    for (let row = rows; row < used * lanes; row++) setCotangents(row, none, 0);
    const together = used - (used % COLLECTED_BLOCKS);
    if (together > 0) collectBlocks(host.blockAddress(0), host.blockAddress(together));
    if (used > together) collectBlock(host.blockAddress(together), host.blockAddress(used));
    unsettled += rows;
    if (unsettled >= SETTLED_ROWS) {
      settleTotals();
      unsettled = 0;
    }
    if (inputs) rowGradients(host.blockAddress(0), host.blockAddress(used));
  };

  return {
    begin(parameters, at) {
      host.setParameters(parameters, at);
      // The same parameters have the same columns: rows executed one by one need them only once.
      const same = prepared && known.every((value, i) => Object.is(value, parameters[at + i]));
      if (!same) {
        for (let i = 0; i < known.length; i++) known[i] = parameters[at + i];
        prepareColumns();
        prepared = true;
      }
      exports.clear(plan.totals, plan.sumsEnd);
      unsettled = 0;
    },
    evaluate,
    collect(cotangents, at, rows, inputs) {
      for (let row = 0; row < rows; row++) setCotangents(row, cotangents, (at + row) * outputs);
      collect(rows, inputs);
    },
    sweep(expectations, at, rows, inputs, cotangentsOf) {
      evaluate(expectations, at, rows);
      for (let row = 0; row < rows; row++) {
        const from = (at + row) * outputs;
        for (let k = 0; k < outputs; k++) values[k] = expectations[from + k];
        cotangentsOf(row, values, slopes);
        setCotangents(row, slopes, 0);
      }
      collect(rows, inputs);
    },
    endChunk() {},
    finish(out, at) {
      if (!trainable) return;
      settleTotals();
      host.clearTotals();
      returnColumns();
      addGradient(out, at);
    },
  };
}

function required<F>(kernel: F | undefined): F {
  if (kernel === undefined) throw new TypeError('wasm: the module was compiled without columns');
  return kernel;
}
