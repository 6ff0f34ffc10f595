/** Cache of artifacts by hash. The content of a hash never changes, so no entry is ever stale. */
export interface ArtifactCache {
  /**
   * The bytes of `hash`: a copy of the cached ones, or those of `read`, which is called once for any number of
   * concurrent callers.
   */
  get(hash: string, read: () => Promise<Uint8Array>): Promise<Uint8Array>;
}

/** Creates an LRU cache of at most `limitBytes` in all. Larger artifacts are read each time. */
export function createArtifactCache(limitBytes: number): ArtifactCache {
  /** From the least to the most recently read. */
  const kept = new Map<string, Uint8Array>();
  const reading = new Map<string, Promise<Uint8Array>>();
  let total = 0;

  const keep = (hash: string, bytes: Uint8Array): void => {
    if (bytes.length > limitBytes) return;
    kept.set(hash, bytes);
    total += bytes.length;
    for (const [oldest, { length }] of kept) {
      if (total <= limitBytes) return;
      kept.delete(oldest);
      total -= length;
    }
  };

  return {
    async get(hash, read) {
      const standing = kept.get(hash);
      if (standing) {
        kept.delete(hash);
        kept.set(hash, standing);
        return standing.slice();
      }
      let pending = reading.get(hash);
      if (!pending) {
        pending = read()
          .then((bytes) => {
            keep(hash, bytes);
            return bytes;
          })
          .finally(() => reading.delete(hash));
        reading.set(hash, pending);
      }
      return (await pending).slice();
    },
  };
}
