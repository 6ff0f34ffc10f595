import type { Host } from './host.ts';

/** Fills the cotangents of row `row` of a chunk from its expectations. */
export type ChunkCotangents = (row: number, expectations: Float64Array, cotangents: Float64Array) => void;

/**
 * Sweeps forward and backward through the rows of a chunk, whose inputs are in memory, block by block; cotangents are
 * requested between the two sweeps. Expectations are written to `expectations`, shape [rows, observables], from row
 * `at` on.
 */
export type Sweep = (
  expectations: Float64Array,
  at: number,
  rows: number,
  inputs: boolean,
  cotangentsOf: ChunkCotangents,
) => void;

/** Execution of one parameter vector on rows: `begin`, for every chunk `sweep` and `endChunk`, and then `finish`. */
export interface Pass {
  /** Sets the parameter vector, `parameters` from `at` on. */
  begin(parameters: Float64Array, at: number): void;
  readonly sweep: Sweep;
  /** Adds the parameters' gradient to `out` from `at` on: that of one chunk, or the remaining part at the end. */
  endChunk(out: Float64Array, at: number): void;
  finish(out: Float64Array, at: number): void;
}

/** Executes every row through the whole circuit. */
export const createRowPass = (host: Host, observables: number): Pass => ({
  begin: host.setParameters,
  sweep: createSweep(host, observables),
  endChunk: createGradientAdder(host),
  finish() {},
});

/** Adds the parameters' gradient, summed over rows since clearTotals, to `out` from `at` on. */
export function createGradientAdder(host: Host): (out: Float64Array, at: number) => void {
  const terms = new Float64Array(host.gradientTerms);
  return (out, at) => {
    host.readGradientTerms(terms, 0);
    host.addGradientTerms(out, at, terms, 0);
  };
}

/**
 * Sweeps forward and backward through `rows` rows of a chunk, block by block; in between, `settle` reads a block's
 * expectations and writes its cotangents. Its arguments are the number of the block, its first row, and its number of
 * rows.
 */
export function sweepBlocks(
  { exports, program, blockAddress, clearTotals }: Host,
  rows: number,
  inputs: boolean,
  settle: (block: number, first: number, count: number) => void,
): void {
  const { lanes } = program.shape;
  const backward = inputs ? exports.backwardInputs : exports.backward;
  clearTotals();
  for (let first = 0; first < rows; first += lanes) {
    const block = first / lanes;
    exports.forward(blockAddress(block));
    settle(block, first, Math.min(lanes, rows - first));
    backward(blockAddress(block));
  }
}

/** Prepares {@link Sweep} for a number of observables. */
export function createSweep(host: Host, observables: number): Sweep {
  const { readout, program } = host;
  const { lanes } = program.shape;
  const values = new Float64Array(observables);
  const cotangents = new Float64Array(lanes * observables);
  const ofLane = Array.from({ length: lanes }, (_, j) => cotangents.subarray(j * observables, (j + 1) * observables));
  return (expectations, at, rows, inputs, cotangentsOf) => {
    sweepBlocks(host, rows, inputs, (block, first, count) => {
      readout.expectations(expectations, (at + first) * observables, count, block);
      for (let j = 0; j < count; j++) {
        const from = (at + first + j) * observables;
        for (let k = 0; k < observables; k++) values[k] = expectations[from + k];
        cotangentsOf(first + j, values, ofLane[j]);
      }
      readout.setCotangents(cotangents, 0, count, block);
    });
  };
}
