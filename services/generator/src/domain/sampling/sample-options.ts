/** What to sample. */
export interface SampleOptions {
  /** Points of each class, shape [classes]. */
  readonly counts: readonly number[];
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Lets the event loop run; called between draws. */
  readonly breathe: () => Promise<void>;
  /** Rejects implausible points and copies, where the method has a gate: networks have. Default true. */
  readonly gated?: boolean;
  /** Rounds features from finite shots to what such a measurement can give. Default false: a QNN takes any number. */
  readonly requantized?: boolean;
}

/** Counts of one sampling, which methods add to. */
export interface Tally {
  /** Points given. */
  count: number;
  /** Points drawn in all. */
  drawn: number;
  /** Points that passed the gate, or were not gated. */
  passed: number;
  /** Points given although no draw passed the gate within its limit. */
  forced: number;
}

/** Most rows of a chunk, and of one draw. */
export const CHUNK_ROWS = 256;
