import type { Host } from './host.ts';

/** Fills the cotangents of row `row` of a chunk from its expectations. */
export type ChunkCotangents = (row: number, expectations: Float64Array, cotangents: Float64Array) => void;

/**
 * Goes forward and backward through the rows of a chunk, whose inputs are in memory, block by block: cotangents are asked for
 * between the two. Expectations go to `expectations`, shape [rows, observables], from row `at` on.
 */
export type Sweep = (
  expectations: Float64Array,
  at: number,
  rows: number,
  inputs: boolean,
  cotangentsOf: ChunkCotangents,
) => void;

/** Prepares {@link Sweep} for a number of observables. */
export function createSweep(host: Host, observables: number): Sweep {
  const { lanes } = host.program.shape;
  const values = new Float64Array(observables);
  const cotangents = new Float64Array(lanes * observables);
  const ofLane = Array.from({ length: lanes }, (_, j) => cotangents.subarray(j * observables, (j + 1) * observables));
  return (expectations, at, rows, inputs, cotangentsOf) => {
    const backward = inputs ? host.exports.backwardInputs : host.exports.backward;
    host.clearTotals();
    for (let first = 0; first < rows; first += lanes) {
      const block = first / lanes;
      const count = Math.min(lanes, rows - first);
      host.exports.forward(host.blockAddress(block));
      host.expectations(expectations, (at + first) * observables, count, block);
      for (let j = 0; j < count; j++) {
        const from = (at + first + j) * observables;
        for (let k = 0; k < observables; k++) values[k] = expectations[from + k];
        cotangentsOf(first + j, values, ofLane[j]);
      }
      host.setCotangents(cotangents, 0, count, block);
      backward(host.blockAddress(block));
    }
  };
}
