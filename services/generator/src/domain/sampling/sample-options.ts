/** Options of a sampling. */
export interface SampleOptions {
  /** Number of points of each class, shape [classes]. */
  readonly counts: readonly number[];
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Yields to the event loop; called between draws. */
  readonly breathe: () => Promise<void>;
  /** Whether to reject implausible points and copies, if the method has a gate (networks have one). Default true. */
  readonly gated?: boolean;
  /**
   * Whether to round features from finite shots to possible results of such a measurement. Default false: a QNN takes
   * any number.
   */
  readonly requantized?: boolean;
}

/** Counts of one sampling; methods add to them. */
export interface Tally {
  /** Points given. */
  count: number;
  /** Total number of points drawn. */
  drawn: number;
  /** Points that passed the gate, or were drawn without one. */
  passed: number;
  /** Points returned although they did not pass the gate within its limit of draws. */
  forced: number;
}

/** Maximum number of rows of a chunk, and of one draw. */
export const CHUNK_ROWS = 256;
