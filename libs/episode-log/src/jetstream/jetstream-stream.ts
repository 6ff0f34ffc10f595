import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { LogUnusableError } from '../errors.ts';
import { isOutOfReach, reasonOf } from './jetstream-answers.ts';
import type { JetStreamNames } from './jetstream-subjects.ts';

const STREAM_NOT_FOUND = 10059;
const STREAM_NAME_IN_USE = 10058;

/**
 * Creates the log's stream if it is missing, and checks an existing one: a worker needs no permission to administer
 * streams. Limits retention without limits: events stay. Discard new: a full stream refuses events instead of deleting
 * old ones. Throws `LogUnusableError` when the existing stream would lose or refuse events, or none can be created.
 */
export async function ensureStream(manager: JetStreamManager, names: JetStreamNames, replicas: number): Promise<void> {
  const standing = await findStream(manager, names.stream);
  if (standing) return assertStream(standing, names);
  try {
    await manager.streams.add({
      name: names.stream,
      subjects: [names.allSubjects],
      description: 'Qloom episode log: one slot a subject, written once',
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      storage: StorageType.File,
      num_replicas: replicas,
      max_age: 0,
      max_bytes: -1,
      max_msgs: -1,
      max_msgs_per_subject: -1,
      // Deletes and purges stay allowed: an operator may remove a study. The log itself never does.
      duplicate_window: 120_000_000_000,
    });
  } catch (error) {
    // Another process was faster, with its own number of replicas.
    if (isOutOfReach(error)) throw error;
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NAME_IN_USE) {
      throw new LogUnusableError(`cannot make stream ${names.stream}: ${reasonOf(error)}`, { cause: error });
    }
    const made = await findStream(manager, names.stream);
    if (made) assertStream(made, names);
  }
}

async function findStream(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}

/** Throws `LogUnusableError` naming the first setting of an existing stream that would break a guarantee of the log. */
function assertStream(config: StreamConfig, names: JetStreamNames): void {
  const wrong =
    config.retention !== RetentionPolicy.Limits
      ? `retention is ${config.retention}, must be limits`
      : config.discard !== DiscardPolicy.New
        ? `discard is ${config.discard}, must be new`
        : config.max_age > 0
          ? `max_age is ${config.max_age} ns, must be 0`
          : !config.subjects?.includes(names.allSubjects)
            ? `subjects are ${config.subjects}, must be ${names.allSubjects}`
            : undefined;
  if (wrong) throw new LogUnusableError(`stream ${names.stream}: ${wrong}`);
}
