import * as fc from 'fast-check';
import { createArtifactCache } from './artifact-cache.ts';

describe('an artifact cache', () => {
  const bytesOf = (length: number) => async (): Promise<Uint8Array> => new Uint8Array(length).fill(length);

  it('reads once for concurrent and later callers, and gives each its own copy', async () => {
    let reads = 0;
    const cache = createArtifactCache(100);
    const read = async (): Promise<Uint8Array> => {
      reads++;
      return new Uint8Array([1, 2, 3]);
    };
    const [a, b] = await Promise.all([cache.get('h', read), cache.get('h', read)]);
    a[0] = 9;
    expect([...b]).toEqual([1, 2, 3]);
    expect([...(await cache.get('h', read))]).toEqual([1, 2, 3]);
    expect(reads).toBe(1);
  });

  it('does not cache a failure: the next caller reads again', async () => {
    const cache = createArtifactCache(100);
    await expect(cache.get('h', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.get('h', bytesOf(3))).toHaveLength(3);
  });

  it('keeps the most recently read artifacts within its limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }),
        async (limit, lengths) => {
          const cache = createArtifactCache(limit);
          // The bytes of an artifact of length n are all n, and its hash is n.
          let order: number[] = [];
          for (const length of lengths) {
            let wasRead = false;
            const got = await cache.get(String(length), () => {
              wasRead = true;
              return bytesOf(length)();
            });
            expect([...got]).toEqual(Array.from({ length }, () => length));
            expect(wasRead).toBe(!order.includes(length));
            // The model: from the most recent read backwards, as many as fit; one that exceeds the limit alone is not
            // kept.
            order = order.filter((kept) => kept !== length);
            if (length <= limit) order.push(length);
            while (order.reduce((sum, kept) => sum + kept, 0) > limit) order.shift();
          }
        },
      ),
    );
  });
});
