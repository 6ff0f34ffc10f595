import { AckPolicy, type ConsumerMessages, DeliverPolicy, JetStreamApiError, type JsMsg } from '@nats-io/jetstream';
import { nuid } from '@nats-io/nats-core';
import type { JetStreamContext } from './jetstream-append.ts';
import { whileConnected } from './jetstream-retry.ts';

/** The server deletes a consumer that is idle for this long; only those of killed processes are. */
const FORGOTTEN_AFTER_MS = 30_000;
const NANOSECONDS = 1_000_000;

/** What to read, and the signal that ends reading. */
interface ReadOnce {
  readonly study: string;
  /** Only messages of a greater sequence. */
  readonly after: number;
  readonly signal: AbortSignal;
}

/**
 * The messages of a study through one consumer of its own, without a gap, until something breaks: a message is missing,
 * heartbeats stay out, the consumer is gone, or the connection came back (pending pulls are lost with a killed server).
 * Then it ends, or throws the server's error, and the caller continues after the last event seen.
 *
 * The consumer is deleted before this returns, and as soon as `signal` aborts even if the iteration has stopped: a
 * stream has room for some number of consumers (1,000 by default from nats-server 2.15 on), and an ordered consumer of
 * the client library, which is made anew with every reset, would stay for five minutes.
 */
export async function* readStudyOnce(context: JetStreamContext, read: ReadOnce): AsyncGenerator<JsMsg> {
  const { client, manager, names, reconnects } = context;
  const { signal } = read;
  const name = `read-${nuid.next()}`;
  let messages: ConsumerMessages | undefined;
  const adding = whileConnected(reconnects, () =>
    manager.consumers.add(names.stream, {
      name,
      filter_subject: names.subjectsOfStudy(read.study),
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: read.after + 1,
      ack_policy: AckPolicy.None,
      inactive_threshold: FORGOTTEN_AFTER_MS * NANOSECONDS,
      mem_storage: true,
      num_replicas: 1,
    }),
  );
  const remove = async (): Promise<void> => {
    messages?.stop();
    try {
      await adding.catch((error) => {
        if (error instanceof JetStreamApiError) throw error; // refused: there is none
      });
      await whileConnected(reconnects, () => manager.consumers.delete(names.stream, name));
    } catch {
      // Unreachable, or deleted already.
    }
  };
  let removing: Promise<void> | undefined;
  const end = (): Promise<void> => (removing ??= context.track(remove()));
  const unsubscribe = reconnects.subscribe(() => messages?.stop());
  signal.addEventListener('abort', end);
  try {
    const consumer = client.consumers.getConsumerFromInfo(await adding);
    messages = await consumer.consume({ max_messages: 256, expires: 10_000, idle_heartbeat: 2_000 });
    stopWhenBroken(messages);
    if (signal.aborted) return;
    let delivered = 0;
    for await (const message of messages) {
      if (signal.aborted || message.info.deliverySequence !== ++delivered) return;
      yield message;
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', end);
    await end();
  }
}

function stopWhenBroken(messages: ConsumerMessages): void {
  void (async () => {
    for await (const { type } of messages.status()) {
      if (BROKEN.has(type)) messages.stop();
    }
  })();
}

const BROKEN: ReadonlySet<string> = new Set([
  'heartbeats_missed',
  'consumer_not_found',
  'consumer_deleted',
  'stream_not_found',
  'no_responders',
]);
