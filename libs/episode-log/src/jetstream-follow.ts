import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { type JetStreamContext, readStored, toRecord } from './jetstream-append.ts';
import { jitteredMs } from './log-options.ts';
import type { Reconnects } from './nats-reconnects.ts';
import type { LogEvent } from './port.ts';

/** Where following starts, and what ends it. */
interface Follow {
  readonly study: string;
  readonly after: number;
  readonly signal: AbortSignal;
  readonly reconnects: Reconnects;
}

/**
 * The events of a study above `after`, for ever. Read through an ordered consumer, which is made anew, after the last
 * event seen, whenever it resets, misses heartbeats, or the connection comes back: what it had asked for is lost with a
 * killed server. So there is no gap, and nothing comes twice.
 */
export async function* followJetStream(context: JetStreamContext, follow: Follow): AsyncGenerator<LogEvent> {
  const { client, names, options } = context;
  let after = follow.after;
  for (let failures = 0; !follow.signal.aborted; ) {
    let messages: ConsumerMessages | undefined;
    const stop = (): void => messages?.stop();
    const unsubscribe = follow.reconnects.subscribe(stop);
    follow.signal.addEventListener('abort', stop);
    try {
      const consumer = await client.consumers.get(names.stream, {
        filter_subjects: names.subjectsOfStudy(follow.study),
        opt_start_seq: after + 1,
      });
      try {
        messages = await consumer.consume({ max_messages: 256, expires: 10_000, idle_heartbeat: 2_000 });
        stopWhenBroken(messages);
        if (follow.signal.aborted) return;
        for await (const message of messages) {
          if (follow.signal.aborted) return;
          failures = 0;
          if (message.seq <= after) continue;
          after = message.seq;
          yield toEvent(context, message);
        }
      } finally {
        messages?.stop();
        consumer.delete().catch(() => undefined); // forgotten by the server after five minutes otherwise
      }
    } catch (error) {
      if (follow.signal.aborted) return;
      failures++;
      if (failures % 10 === 0) options.warn(`watch of study ${follow.study}: ${(error as Error).message}`);
      await sleep(jitteredMs(Math.min(50 * 2 ** Math.min(failures, 6), 2_000)));
    } finally {
      unsubscribe();
      follow.signal.removeEventListener('abort', stop);
    }
  }
}

/** All events of a study that stood when this was called. */
export async function replayJetStream(context: JetStreamContext, follow: Follow): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  const last = (await readStored(context, context.names.subjectsOfStudy(follow.study)))?.seq;
  if (last === undefined) return events;
  for await (const event of followJetStream(context, follow)) {
    if (event.sequence <= last) events.push(event);
    if (event.sequence >= last) break;
  }
  return events;
}

function stopWhenBroken(messages: ConsumerMessages): void {
  void (async () => {
    for await (const status of messages.status()) {
      if (
        status.type === 'heartbeats_missed' ||
        status.type === 'reset' ||
        status.type === 'consumer_not_found' ||
        status.type === 'consumer_deleted'
      ) {
        messages.stop();
      }
    }
  })();
}

/** A delivered message as an event. */
export function toEvent(context: JetStreamContext, message: JsMsg): LogEvent {
  return {
    key: context.names.keyOf(message.subject),
    payload: message.data,
    headers: toRecord(message.headers),
    sequence: message.seq,
    timeMs: Number(message.timestampNanos / 1_000_000n),
  };
}
