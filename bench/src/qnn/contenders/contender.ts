import type { Cell } from '../cells.ts';
import type { Problem } from '../problem.ts';

/** What is timed: forward and adjoint of the batch, or its forward pass alone. */
export type Work = 'step' | 'forward';

/** Thrown when a contender fails in one cell. The message has the reason; other contenders continue. */
export class ContenderError extends Error {
  override name = 'ContenderError';
  readonly code = 'failed';
}

/** The first result of a circuit structure that has not been seen before. */
export interface FirstResult {
  /** From the circuit's description to its first result, milliseconds: whatever is compiled is in it. */
  readonly firstMs: number;
  /** ⟨Z_q⟩ of the batch's first row, shape [qubits]. */
  readonly expectations: ArrayLike<number>;
  /** Shape [parameters]; null where it has none. */
  readonly gradient: ArrayLike<number> | null;
  /** Which of its own ways it takes; may be empty. */
  readonly note: string;
}

/** A program that executes the table's circuits: an engine of Qloom, or a peer. Not for concurrent calls. */
export interface Contender {
  readonly name: string;
  /** Whether it is an engine of Qloom. */
  readonly ours: boolean;
  /** Versions and settings, human-readable. */
  readonly about: string;
  /** Whether it has gradients; without, its forward pass alone is compared. */
  readonly gradients: boolean;
  /** Rows that it is given of a cell; where they are not as many as the batch, its time is scaled. */
  rows(cell: Cell): number;
  /** Prepares a problem. Throws {@link ContenderError}. */
  prepare(problem: Problem): Promise<FirstResult>;
  /** Times batches of the prepared problem, milliseconds: one, then as many of `most` as begin within `seconds`. */
  time(work: Work, seconds: number, most: number): Promise<number[]>;
  close(): Promise<void>;
}

/** Times calls: one, then as many of `most` as begin within `seconds`. `nowMs` is a monotonic clock. */
export async function timeCalls(
  call: () => unknown,
  seconds: number,
  most: number,
  nowMs: () => number,
): Promise<number[]> {
  const times: number[] = [];
  const begin = nowMs();
  while (times.length === 0 || (times.length < most && nowMs() - begin < 1000 * seconds)) {
    const start = nowMs();
    await call();
    times.push(nowMs() - start);
  }
  return times;
}
