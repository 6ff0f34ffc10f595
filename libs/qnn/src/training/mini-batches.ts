import type { Random } from '@qloom/random/random.ts';

/** Draws mini-batches without replacement: every point is drawn once before any is drawn again. */
export interface MiniBatches {
  /** Points per batch: the batch size, or all points if there are fewer. */
  readonly size: number;
  /** Fills `indices`, of length {@link size}, with the next batch. */
  next(indices: Int32Array): void;
}

/** Starts drawing from `count` points. A batch may span two shuffles. */
export function createMiniBatches(count: number, batchSize: number, random: Random): MiniBatches {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  let used = count;
  return {
    size: Math.min(batchSize, count),
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
