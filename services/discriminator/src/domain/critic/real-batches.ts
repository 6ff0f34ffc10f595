import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { InvalidPointsError } from '../errors.ts';

/** Draws real points for comparison with synthetic ones. */
export interface RealBatches {
  /**
   * Returns one training point for each requested class, in the same order, [count, features] row-major, so that the
   * two batches have the same classes. No point is drawn twice before every point of its class was drawn.
   *
   * Throws {@link InvalidPointsError} for a class outside 0 … classes − 1, or without a training point.
   */
  draw(classes: Int32Array, random: Random): Float32Array;
}

/** Creates a source of batches from training points in the critic's representation. */
export function createRealBatches(training: Points, seen: Float32Array): RealBatches {
  const { features, classes: classCount } = training;
  const rowsOfClass: number[][] = Array.from({ length: classCount }, () => []);
  for (let i = 0; i < training.count; i++) rowsOfClass[training.y[i]].push(i);
  return {
    draw(classes, random) {
      const decks = rowsOfClass.map(() => ({ rows: [] as number[], next: 0 }));
      const batch = new Float32Array(classes.length * features);
      for (const [i, label] of classes.entries()) {
        if (!(label >= 0 && label < classCount)) {
          throw new InvalidPointsError(`class ${label} of point ${i} is not in 0 … ${classCount - 1}`);
        }
        if (rowsOfClass[label].length === 0) {
          throw new InvalidPointsError(`class ${label} of point ${i} has no training point to compare with`);
        }
        const deck = decks[label];
        if (deck.next === deck.rows.length) {
          deck.rows = random.shuffle([...rowsOfClass[label]]) as number[];
          deck.next = 0;
        }
        const row = deck.rows[deck.next++];
        batch.set(seen.subarray(row * features, (row + 1) * features), i * features);
      }
      return batch;
    },
  };
}
