import { JetStreamApiError, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { type ObjectStore, Objm, StorageType } from '@nats-io/obj';
import { createArtifactCache } from '../artifacts/artifact-cache.ts';
import { type ArtifactStore, assertHash, assertRefName, hashOf } from '../artifacts/artifact-store.ts';
import { ArtifactCorruptError, ArtifactMissingError, EpisodeLogError, LogUnusableError } from '../errors.ts';
import { isOutOfReach, isUndecided, reasonOf } from '../jetstream/jetstream-answers.ts';
import type { JetStreamLogOptions } from '../jetstream/jetstream-log.ts';
import { createRetry } from '../jetstream/jetstream-retry.ts';
import { createJetStreamNames } from '../jetstream/jetstream-subjects.ts';
import { completeLogOptions } from '../log-options.ts';
import { connectNats } from './nats-connection.ts';
import { DamagedObjectError, readObject } from './nats-objects.ts';
import { watchReconnects } from './nats-reconnects.ts';

/** Below the server's default limit of 1 MiB a message; an artifact has as many chunks as it needs. */
const CHUNK_BYTES = 256 * 1024;
/** Data sets, splits and models of a few studies: each is read once per fold and draw. */
const CACHE_BYTES = 64 * 2 ** 20;
const STREAM_NOT_FOUND = 10059;

/** Options of {@link openNatsArtifacts}. */
export interface NatsArtifactOptions
  extends Omit<JetStreamLogOptions, 'leaseMs' | 'firstRetryMs' | 'maxRetryMs' | 'maxAckPending'> {
  /** The most bytes of artifacts that are kept in memory after they were read. Default: 64 MiB. */
  readonly cacheBytes?: number;
}

/**
 * Artifacts in a NATS object store, bucket `<namespace>-artifacts`, in chunks. Throws as `openJetStreamLog` does.
 */
export async function openNatsArtifacts(options: NatsArtifactOptions): Promise<ArtifactStore> {
  const complete = completeLogOptions(options);
  const { bucket } = createJetStreamNames(options.namespace);
  const connection = await connectNats({ ...options, ...complete });
  const closing = new AbortController();
  const reconnects = watchReconnects(connection, complete.warn);
  const again = createRetry({
    unavailableAfterMs: complete.unavailableAfterMs,
    reconnects,
    closing: closing.signal,
    warn: complete.warn,
  });
  const cache = createArtifactCache(options.cacheBytes ?? CACHE_BYTES);
  let manager: JetStreamManager;
  let store: ObjectStore;
  try {
    manager = await jetstreamManager(connection, { checkAPI: false });
    store = await again(() => openBucket(new Objm(connection), bucket, options.replicas ?? 1));
  } catch (error) {
    await connection.close();
    throw error instanceof EpisodeLogError
      ? error
      : new LogUnusableError(`cannot use bucket ${bucket}: ${reasonOf(error)}`, { cause: error });
  }
  const contentName = (hash: string) => `sha256/${hash}`;
  const refName = (name: string) => `refs/${name}`;
  const exists = async (name: string) => {
    const info = await again(() => store.info(name));
    return info !== null && !info.deleted;
  };

  const read = async (hash: string): Promise<Uint8Array> => {
    let bytes: Uint8Array | undefined;
    try {
      bytes = await readObject({ store, manager, bucket, retry: again }, contentName(hash));
    } catch (error) {
      if (!(error instanceof DamagedObjectError)) throw error;
      throw new ArtifactCorruptError(`artifact ${hash} in bucket ${bucket} is damaged: ${error.message}`, {
        cause: error,
      });
    }
    if (!bytes) throw new ArtifactMissingError(`artifact ${hash} is not in bucket ${bucket}`);
    const actual = hashOf(bytes);
    if (actual !== hash) {
      throw new ArtifactCorruptError(`artifact ${hash} in bucket ${bucket} has content of hash ${actual}`);
    }
    return bytes;
  };

  return {
    async put(bytes) {
      const hash = hashOf(bytes);
      const name = contentName(hash);
      if (await exists(name)) return hash;
      try {
        await again(() =>
          // Expecting no object of that name: a racing writer of the same content would otherwise replace ours and
          // purge its chunks while they are read.
          store.put({ name, options: { max_chunk_size: CHUNK_BYTES } }, streamOf(bytes), { previousRevision: 0 }),
        );
      } catch (error) {
        if (!isUndecided(error)) throw error;
        // Another writer was faster, or our own answer was lost: the content is stored.
      }
      return hash;
    },
    async get(hash) {
      assertHash(hash);
      return cache.get(hash, () => read(hash));
    },
    async has(hash) {
      assertHash(hash);
      return exists(contentName(hash));
    },
    async setRef(name, hash) {
      assertRefName(name);
      assertHash(hash);
      // In the object's description, not in chunks: one message, replaced in one step.
      await again(() => store.put({ name: refName(name), description: hash }, streamOf(new Uint8Array(0))));
    },
    async getRef(name) {
      assertRefName(name);
      const info = await again(() => store.info(refName(name)));
      return info === null || info.deleted ? undefined : info.description;
    },
    async deleteRef(name) {
      assertRefName(name);
      if (await exists(refName(name))) await again(() => store.delete(refName(name)));
    },
    async close() {
      closing.abort();
      // A drain waits for an answer of the server, which never arrives on a lost connection.
      if (!reconnects.isConnected()) await connection.close();
      if (!connection.isClosed()) await connection.drain().catch(() => connection.close());
    },
  };
}

/** A worker may lack the permission to create the bucket: check first. */
async function openBucket(objects: Objm, bucket: string, replicas: number): Promise<ObjectStore> {
  try {
    return await objects.open(bucket);
  } catch (error) {
    if (error instanceof JetStreamApiError ? error.code !== STREAM_NOT_FOUND : isOutOfReach(error)) throw error;
    return objects.create(bucket, { storage: StorageType.File, replicas, description: 'Qloom artifacts by SHA-256' });
  }
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(sent, sent + CHUNK_BYTES));
      sent += CHUNK_BYTES;
    },
  });
}
