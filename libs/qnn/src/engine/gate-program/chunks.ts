import type { CircuitBatch } from '../engine.ts';

/** A part of a batch: whole sets, or some rows of one set. */
export interface Chunk {
  /** First set and number of sets. */
  readonly set: number;
  readonly sets: number;
  /** First row and number of rows of each of the sets. */
  readonly row: number;
  readonly rows: number;
}

/** Splits a batch into parts of at most `capacity` executions, in the batch's order. */
export function* chunksOf({ sets, rows }: CircuitBatch, capacity: number): Generator<Chunk> {
  if (rows === 0) return;
  if (rows <= capacity) {
    const atOnce = Math.floor(capacity / rows);
    for (let set = 0; set < sets; set += atOnce) yield { set, sets: Math.min(atOnce, sets - set), row: 0, rows };
    return;
  }
  for (let set = 0; set < sets; set++) {
    for (let row = 0; row < rows; row += capacity) {
      yield { set, sets: 1, row, rows: Math.min(capacity, rows - row) };
    }
  }
}
