import { createRandom } from '@qloom/random/random.ts';
import { createMiniBatches } from './mini-batches.ts';

/** Number of times that each of `count` points is in the next batch of `rows`. */
function drawnOf(batches: ReturnType<typeof createMiniBatches>, count: number, rows: number): number[] {
  const indices = new Int32Array(rows);
  batches.next(indices);
  const drawn = new Array<number>(count).fill(0);
  for (const index of indices) drawn[index]++;
  return drawn;
}

describe('createMiniBatches', () => {
  it('draws every point once before any is drawn again, over batches', () => {
    const batches = createMiniBatches(10, createRandom(1));
    const drawn = Array.from({ length: 5 }, () => drawnOf(batches, 10, 4));
    for (let point = 0; point < 10; point++) expect(drawn.reduce((sum, batch) => sum + batch[point], 0)).toBe(2);
  });

  it.each([
    [18, 32],
    [5, 32],
    [1, 3],
  ])('fills a batch that is larger than the %i points with all of them, equally often to within two', (count, rows) => {
    const batches = createMiniBatches(count, createRandom(2));
    for (let batch = 0; batch < 4; batch++) {
      const drawn = drawnOf(batches, count, rows);
      expect(Math.max(...drawn) - Math.min(...drawn)).toBeLessThanOrEqual(2);
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(Math.floor(rows / count) - 1);
    }
  });
});
