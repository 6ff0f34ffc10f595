/** What one critic or one assessment may be given: what keeps a step well below the 50 ms for which the event loop may be held. */
export const LIMITS = {
  /** Columns of a data set. */
  features: 128,
  /** Points in one step. */
  batch: 1024,
  /** Numbers in one step: points times columns. */
  batch_numbers: 16_384,
  /** Training or held-out points. */
  real_points: 100_000,
  /** Synthetic points in one assessment. */
  synthetic_points: 1_000_000,
  /** Bytes of a checkpoint. */
  checkpoint_bytes: 64 * 2 ** 20,
} as const;
