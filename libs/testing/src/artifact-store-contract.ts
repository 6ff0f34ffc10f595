import { createHash } from 'node:crypto';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';

/** The adapter under test, for the contract suite. */
export interface ArtifactStoreHarness {
  /** Another connection to the same store. */
  open(): Promise<ArtifactStore>;
}

/** What every `ArtifactStore` must do. Registers jest tests. */
export function describeArtifactStoreContract(adapter: string, harness: ArtifactStoreHarness): void {
  describe(`ArtifactStore contract: ${adapter}`, () => {
    const stores: ArtifactStore[] = [];
    const open = async (): Promise<ArtifactStore> => {
      const store = await harness.open();
      stores.push(store);
      return store;
    };
    const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    afterEach(async () => {
      await Promise.all(stores.splice(0).map((store) => store.close()));
    });

    it.each([0, 1, 262_144, 262_145, 5_000_000])('gives back %i bytes from another connection', async (length) => {
      const [a, b] = [await open(), await open()];
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);
      const hash = await a.put(bytes);
      expect(hash).toBe(sha256(bytes));
      expect(await b.has(hash)).toBe(true);
      expect(Buffer.from(await b.get(hash)).equals(bytes)).toBe(true);
    });

    it('stores a view of a larger buffer as the bytes it shows', async () => {
      const store = await open();
      const view = new Uint8Array(Buffer.from('--inside--').buffer, Buffer.from('').byteOffset, 0);
      const inside = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);
      expect([...(await store.get(await store.put(inside)))]).toEqual([1, 2, 3]);
      expect(await store.put(view)).toBe(sha256(new Uint8Array(0)));
    });

    it('takes the same content any number of times, at once and later', async () => {
      const all = await Promise.all([open(), open(), open(), open()]);
      for (let round = 0; round < 5; round++) {
        const bytes = new Uint8Array(Buffer.from(`round ${round} `.repeat(60_000)));
        const hashes = await Promise.all(all.map((store) => store.put(bytes)));
        expect(new Set(hashes)).toEqual(new Set([sha256(bytes)]));
        const read = await Promise.all(all.map((store) => store.get(hashes[0])));
        for (const got of read) expect(sha256(got)).toBe(hashes[0]);
        expect(await all[0].put(bytes)).toBe(hashes[0]);
      }
    });

    it('names a missing artifact, and refuses a name that is no hash', async () => {
      const store = await open();
      const hash = sha256(Buffer.from('never stored'));
      expect(await store.has(hash)).toBe(false);
      await expect(store.get(hash)).rejects.toThrow(`artifact ${hash} is not in`);
      await expect(store.get(hash)).rejects.toMatchObject({ name: 'ArtifactMissingError' });
      await expect(store.get('../../etc/passwd')).rejects.toThrow(/is not a hash of 64/);
      await expect(store.has(hash.toUpperCase())).rejects.toThrow(/is not a hash of 64/);
    });

    it('points names at hashes, the last writer winning, and forgets them', async () => {
      const [a, b] = [await open(), await open()];
      const [one, two] = [sha256(Buffer.from('1')), sha256(Buffer.from('2'))];
      const name = 'study-1/3/checkpoint';
      expect(await a.getRef(name)).toBeUndefined();
      await a.deleteRef(name);
      await a.setRef(name, one);
      expect(await b.getRef(name)).toBe(one);
      await b.setRef(name, two);
      await a.setRef('study-1/3', one); // a name may be the beginning of another
      expect(await a.getRef(name)).toBe(two);
      expect(await a.getRef('study-1/3')).toBe(one);
      await a.deleteRef(name);
      expect(await b.getRef(name)).toBeUndefined();
      await a.setRef(name, one);
      expect(await b.getRef(name)).toBe(one);
    });

    it.each(['', '/a', 'a/', 'a//b', '../a', 'a/..', '.hidden', 'a b', 'a'.repeat(201)])(
      'refuses the name %j',
      async (name) => {
        const store = await open();
        await expect(store.setRef(name, sha256(Buffer.from('')))).rejects.toThrow(/^ref: /);
        await expect(store.getRef(name)).rejects.toThrow(/^ref: /);
      },
    );
  });
}
