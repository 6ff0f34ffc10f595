/** What to sample. */
export interface SampleOptions {
  /** Points of each class, shape [classes]. */
  readonly counts: readonly number[];
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Lets the event loop run; called between draws. */
  readonly breathe: () => Promise<void>;
  /** Rejects implausible points and copies of a neural model. Rivals are taken as they are. Default true. */
  readonly gated?: boolean;
  /** Rounds features from finite shots to what such a measurement can give. Default false: a QNN takes any number. */
  readonly requantized?: boolean;
}

/** What was drawn so far. A method counts its points here. */
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
