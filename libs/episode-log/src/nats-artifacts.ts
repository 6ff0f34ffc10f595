import { JetStreamApiError } from '@nats-io/jetstream';
import { type ObjectStore, Objm, StorageType } from '@nats-io/obj';
import { type ArtifactStore, assertHash, assertRefName, hashOf } from './artifact-store.ts';
import { ArtifactCorruptError, ArtifactMissingError, LogUnavailableError, LogUnusableError } from './errors.ts';
import type { JetStreamLogOptions } from './jetstream-log.ts';
import { createRetry, isOutOfReach } from './jetstream-retry.ts';
import { createJetStreamNames } from './jetstream-subjects.ts';
import { completeLogOptions } from './log-options.ts';
import { connectNats } from './nats-connection.ts';
import { watchReconnects } from './nats-reconnects.ts';

/** Below the server's default limit of 1 MiB a message; an artifact has as many chunks as it needs. */
const CHUNK_BYTES = 256 * 1024;
/** How long one chunk may take to come before the read starts anew. */
const CHUNK_TIMEOUT_MS = 10_000;
const WRONG_LAST_SEQUENCE = 10071;

/** What {@link openNatsArtifacts} takes. */
export type NatsArtifactOptions = Omit<
  JetStreamLogOptions,
  'leaseMs' | 'firstRetryMs' | 'maxRetryMs' | 'maxAckPending'
>;

/**
 * Artifacts in a NATS object store, bucket `<namespace>-artifacts`, in chunks. Throws as `openJetStreamLog` does.
 */
export async function openNatsArtifacts(options: NatsArtifactOptions): Promise<ArtifactStore> {
  const complete = completeLogOptions(options);
  const { bucket } = createJetStreamNames(options.namespace);
  const connection = await connectNats({ ...options, ...complete });
  const closing = new AbortController();
  const reconnects = watchReconnects(connection, complete.warn);
  const again = createRetry(complete.unavailableAfterMs, reconnects, closing.signal);
  let store: ObjectStore;
  try {
    store = await again(() => openBucket(new Objm(connection), bucket, options.replicas ?? 1));
  } catch (error) {
    await connection.close();
    throw error instanceof LogUnavailableError
      ? error
      : new LogUnusableError(`cannot use bucket ${bucket}: ${(error as Error).message}`, { cause: error });
  }
  const contentName = (hash: string) => `sha256/${hash}`;
  const refName = (name: string) => `refs/${name}`;
  const exists = async (name: string) => {
    const info = await again(() => store.info(name));
    return info !== null && !info.deleted;
  };

  /** Tries a second and a third time: a reference's chunks may be replaced between reading where they are and reading them. */
  const read = async (name: string): Promise<Uint8Array | undefined> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await again(() => readObject(store, name));
      } catch (error) {
        if (attempt === 3 || !isDamaged(error)) throw error;
      }
    }
  };

  return {
    async put(bytes) {
      const hash = hashOf(bytes);
      const name = contentName(hash);
      if (await exists(name)) return hash;
      try {
        await again(() =>
          // Expecting no object of that name: a racing writer of the same content would otherwise replace ours and
          // purge its chunks under the hands of a reader.
          store.put({ name, options: { max_chunk_size: CHUNK_BYTES } }, streamOf(bytes), { previousRevision: 0 }),
        );
      } catch (error) {
        if (!(error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE)) throw error;
        // Another writer was faster, or our own answer was lost: the content stands.
      }
      return hash;
    },
    async get(hash) {
      assertHash(hash);
      let bytes: Uint8Array | undefined;
      try {
        bytes = await read(contentName(hash));
      } catch (error) {
        if (!isDamaged(error)) throw error;
        throw new ArtifactCorruptError(`artifact ${hash} in bucket ${bucket} is damaged: ${(error as Error).message}`, {
          cause: error,
        });
      }
      if (!bytes) throw new ArtifactMissingError(`artifact ${hash} is not in bucket ${bucket}`);
      const actual = hashOf(bytes);
      if (actual !== hash) {
        throw new ArtifactCorruptError(`artifact ${hash} in bucket ${bucket} has content of hash ${actual}`);
      }
      return bytes;
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
      // A drain waits for the server's word, which a lost connection does not bring.
      if (!reconnects.isConnected()) await connection.close();
      if (!connection.isClosed()) await connection.drain().catch(() => connection.close());
    },
  };
}

/** A worker may lack the right to make the bucket: look first. */
async function openBucket(objects: Objm, bucket: string, replicas: number): Promise<ObjectStore> {
  try {
    return await objects.open(bucket);
  } catch (error) {
    if (isOutOfReach(error)) throw error;
    return objects.create(bucket, { storage: StorageType.File, replicas, description: 'Qloom artifacts by SHA-256' });
  }
}

async function readObject(store: ObjectStore, name: string): Promise<Uint8Array | undefined> {
  const result = await store.get(name);
  if (result === null) return undefined;
  result.error.catch(() => undefined); // the stream says the same
  const bytes = new Uint8Array(result.info.size);
  let filled = 0;
  const reader = result.data.getReader();
  try {
    for (;;) {
      const { done, value } = await withinTime(reader.read());
      if (done) break;
      if (filled + value.length > bytes.length)
        throw new DamagedObjectError('there are more bytes than it should have');
      bytes.set(value, filled);
      filled += value.length;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (filled !== bytes.length) throw new DamagedObjectError(`${filled} of ${bytes.length} bytes are there`);
  return bytes;
}

class DamagedObjectError extends Error {}

function isDamaged(error: unknown): boolean {
  return error instanceof DamagedObjectError || /corrupt/.test(String(error));
}

/** The client waits for missing chunks for ever. */
async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DamagedObjectError(`no chunk came for ${CHUNK_TIMEOUT_MS} ms`)),
      CHUNK_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
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
