import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { assertConsumeOptions, assertDurableConsumer } from '../consume-options.ts';
import { LogClosedError } from '../errors.ts';
import { assertKey, assertStudy } from '../event-key.ts';
import { assertContent } from '../event-limits.ts';
import { completeLogOptions, type LogOptions } from '../log-options.ts';
import { connectNats, type NatsOptions } from '../nats/nats-connection.ts';
import { watchReconnects } from '../nats/nats-reconnects.ts';
import type { EpisodeLog } from '../port.ts';
import { appendJetStream, readJetStream } from './jetstream-append.ts';
import { consumeJetStream } from './jetstream-consume.ts';
import { type ConsumeContext, createConsumersJetStream, loadJetStream } from './jetstream-consumers.ts';
import { followJetStream, replayJetStream } from './jetstream-follow.ts';
import { createRetry } from './jetstream-retry.ts';
import { ensureStream } from './jetstream-stream.ts';
import { createJetStreamNames } from './jetstream-subjects.ts';

/** Options of {@link openJetStreamLog} besides {@link LogOptions} and the server's address. */
export interface JetStreamLogOptions extends LogOptions, Omit<NatsOptions, 'unavailableAfterMs' | 'warn'> {
  /** Separates installations that share an account: stream `<namespace>-v1`. Default: `qloom`. */
  readonly namespace?: string;
  /** Replicas of the stream, if this process creates it. Default: 1; in a cluster: 3. */
  readonly replicas?: number;
  /** The most events out at once over all processes of one durable consumer. Default: 100,000. */
  readonly maxAckPending?: number;
}

/**
 * The log for clusters: one JetStream stream, one subject a slot. Makes the stream when it is missing. Throws
 * `LogUnavailableError` when no server answers, `LogUnusableError` when it refuses us, has no JetStream, or an existing
 * stream has settings that would lose events.
 */
export async function openJetStreamLog(options: JetStreamLogOptions): Promise<EpisodeLog> {
  const complete = completeLogOptions(options);
  const names = createJetStreamNames(options.namespace);
  const connection = await connectNats({ ...options, ...complete });
  const timeout = Math.max(100, Math.min(5_000, complete.unavailableAfterMs));
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout });
  const reconnects = watchReconnects(connection, complete.warn);
  const closing = new AbortController();
  const pending = new Set<Promise<unknown>>();
  const track = async <T>(work: Promise<T>): Promise<T> => {
    pending.add(work);
    try {
      return await work;
    } finally {
      pending.delete(work);
    }
  };
  const retrying = { reconnects, closing: closing.signal, warn: complete.warn };
  const retry = createRetry({ ...retrying, unavailableAfterMs: complete.unavailableAfterMs });
  const context: ConsumeContext = {
    connection,
    reconnects,
    client: jetstream(connection, { timeout }),
    manager,
    names,
    options: complete,
    retry,
    track,
    retryWithin: (leaseMs) => createRetry({ ...retrying, unavailableAfterMs: leaseMs }),
    maxAckPending: options.maxAckPending ?? 100_000,
  };
  try {
    await retry(() => ensureStream(manager, names, options.replicas ?? 1));
  } catch (error) {
    await connection.close();
    throw error;
  }

  const assertOpen = (): void => {
    if (closing.signal.aborted) throw new LogClosedError(`the log ${names.stream} is closed`);
  };
  return {
    address: { system: 'nats', placeOf: names.subjectOf, placesOf: names.subjectsOfSlot },
    async append(key, payload, headers = {}) {
      assertOpen();
      assertKey(key);
      assertContent(payload, headers);
      return track(appendJetStream(context, key, payload, headers));
    },
    async read(key) {
      assertOpen();
      assertKey(key);
      return track(readJetStream(context, key));
    },
    async replay(study) {
      assertOpen();
      assertStudy(study);
      return track(replayJetStream(context, study, closing.signal));
    },
    watch(study, watch) {
      assertOpen();
      assertStudy(study);
      const signal = AbortSignal.any([watch.signal, closing.signal]);
      return followJetStream(context, { study, after: watch.after ?? 0, signal, patienceMs: Number.POSITIVE_INFINITY });
    },
    async consume(given, handler) {
      assertOpen();
      assertConsumeOptions(given);
      const signal = AbortSignal.any([given.signal, closing.signal]);
      await track(consumeJetStream(context, { ...given, signal }, handler));
    },
    async createConsumers(consumers) {
      assertOpen();
      consumers.forEach(assertDurableConsumer);
      await track(createConsumersJetStream(context, consumers));
    },
    async load(consumer) {
      assertOpen();
      return track(loadJetStream(context, consumer));
    },
    async studies() {
      assertOpen();
      const info = await track(retry(() => manager.streams.info(names.stream, { subjects_filter: names.allSubjects })));
      const subjects = Object.keys(info.state.subjects ?? {});
      return [...new Set(subjects.map((subject) => names.keyOf(subject).study))].sort();
    },
    async close() {
      if (!closing.signal.aborted) closing.abort();
      await Promise.allSettled(pending);
      // A drain waits for an answer of the server, which never arrives on a lost connection.
      if (!reconnects.isConnected()) await connection.close();
      if (!connection.isClosed()) await connection.drain().catch(() => connection.close());
    },
  };
}
