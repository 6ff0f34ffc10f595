import { CriticLostError } from '../errors.ts';
import { type FitResult, fitGenerator } from '../fit.ts';
import type { FitOptions } from '../fit-options.ts';

/** Options for recovery from the loss of the critic. */
export interface RecoveryOptions {
  /** Waits for this time, or rejects with CancelledError when the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How many times the critic may be lost without a new checkpoint in between. Default 8. */
  readonly maxLosses?: number;
  readonly onLoss?: (error: CriticLostError, waitMs: number) => void;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Like {@link fitGenerator}, but continues after CriticLostError: from the last checkpoint, or from step 0 with the
 * same seed if there is none. The model is bit for bit that of an uninterrupted fit. Waits 100 ms before the first
 * retry, then twice as long each time, at most 5 s. Throws the CriticLostError when the critic is lost too often
 * without progress.
 */
export async function fitWithRecovery(options: FitOptions, recovery: RecoveryOptions): Promise<FitResult> {
  const { maxLosses = 8 } = recovery;
  let resume = options.resume;
  let losses = 0;
  for (;;) {
    try {
      return await fitGenerator({
        ...options,
        resume,
        onCheckpoint: async (step, checkpoint) => {
          resume = checkpoint;
          losses = 0;
          await options.onCheckpoint?.(step, checkpoint);
        },
      });
    } catch (error) {
      if (!(error instanceof CriticLostError) || ++losses > maxLosses) throw error;
      const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (losses - 1));
      recovery.onLoss?.(error, waitMs);
      await recovery.wait(waitMs, options.signal);
    }
  }
}
