import type { Random } from '@qloom/random/random.ts';

/** Draws mini-batches without replacement: every point is drawn once before any is drawn again. */
export interface MiniBatches {
  /** Fills `indices` with the next batch. */
  next(indices: Int32Array): void;
}

/**
 * Starts drawing from `count` points. A batch may span two shuffles, or more where it is larger than `count`: then it
 * has every point equally often, to within two. Trainings on few and on many points thus have steps of the same number
 * of rows.
 */
export function createMiniBatches(count: number, random: Random): MiniBatches {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  let used = count;
  return {
    next(indices) {
      for (let i = 0; i < indices.length; i++) {
        if (used === count) {
          random.shuffle(order);
          used = 0;
        }
        indices[i] = order[used++];
      }
    },
  };
}
