import type { JetStreamManager } from '@nats-io/jetstream';
import type { ObjectStore } from '@nats-io/obj';
import type { Retry } from '../jetstream/jetstream-retry.ts';

/** Thrown when the chunks of an object are not all there, or more than all. */
export class DamagedObjectError extends Error {}

/** Source of {@link readObject}. */
export interface ObjectSource {
  readonly store: ObjectStore;
  readonly manager: JetStreamManager;
  readonly bucket: string;
  readonly retry: Retry;
}

/**
 * The bytes of an object, or undefined when there is none of that name. Chunk by chunk from the stream's leader, which
 * sees every put that was answered before. The client library reads through a consumer that it never deletes: five
 * minutes later the server does, or refuses new ones before (1,000 for a stream by default from nats-server 2.15 on).
 * Throws `DamagedObjectError`.
 */
export async function readObject(source: ObjectSource, name: string): Promise<Uint8Array | undefined> {
  const { store, manager, bucket, retry } = source;
  const info = await retry(() => store.info(name));
  if (info === null || info.deleted) return undefined;
  const bytes = new Uint8Array(info.size);
  const subject = `$O.${bucket}.C.${info.nuid}`;
  let filled = 0;
  let sequence = 0;
  for (let chunk = 0; chunk < info.chunks; chunk++) {
    const query = { seq: sequence + 1, next_by_subj: subject };
    const stored = await retry(() => manager.streams.getMessage(`OBJ_${bucket}`, query));
    if (!stored) break;
    const data = stored.data;
    if (filled + data.length > bytes.length) throw new DamagedObjectError('there are more bytes than it should have');
    bytes.set(data, filled);
    filled += data.length;
    sequence = stored.seq;
  }
  if (filled !== bytes.length) throw new DamagedObjectError(`${filled} of ${bytes.length} bytes are there`);
  return bytes;
}
