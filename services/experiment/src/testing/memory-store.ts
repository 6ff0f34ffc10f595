import { hashOf } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { JobStore } from '../domain/providers/provider.ts';

/** A store in memory that outlives the backends that use it. */
export function createMemoryStore(): JobStore {
  const artifacts = new Map<string, Uint8Array>();
  const refs = new Map<string, string>();
  return {
    async put(bytes) {
      const hash = hashOf(bytes);
      artifacts.set(hash, bytes);
      return hash;
    },
    async get(hash) {
      const bytes = artifacts.get(hash);
      if (bytes === undefined) throw new Error(`no artifact ${hash}`);
      return bytes;
    },
    setRef: async (name, hash) => void refs.set(name, hash),
    getRef: async (name) => refs.get(name),
  };
}
