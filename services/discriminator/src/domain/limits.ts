/**
 * Limits of one critic or one assessment. They keep a step well below the 50 ms for which the event loop may be
 * blocked.
 */
export const LIMITS = {
  /** Maximum number of columns of a data set. */
  features: 128,
  /** Maximum number of points in one step. */
  batch: 1024,
  /** Maximum number of values in one step: points times columns. */
  batch_numbers: 16_384,
  /** Maximum number of training or held-out points. */
  real_points: 100_000,
  /** Maximum number of synthetic points in one assessment. */
  synthetic_points: 1_000_000,
  /** Maximum size of a checkpoint, in bytes. */
  checkpoint_bytes: 64 * 2 ** 20,
} as const;
