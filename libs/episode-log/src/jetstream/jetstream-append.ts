import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamClient, JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { headers as createHeaders, type MsgHdrs, type NatsConnection, nuid } from '@nats-io/nats-core';
import { LogUnavailableError } from '../errors.ts';
import type { EventKey } from '../event-key.ts';
import { type CompleteLogOptions, jitteredMs } from '../log-options.ts';
import type { Reconnects } from '../nats/nats-reconnects.ts';
import type { AppendResult, LogEvent } from '../port.ts';
import { isUndecided } from './jetstream-answers.ts';
import type { Retry } from './jetstream-retry.ts';
import type { JetStreamNames } from './jetstream-subjects.ts';

/** Dependencies of appends and reads. */
export interface JetStreamContext {
  readonly connection: NatsConnection;
  readonly reconnects: Reconnects;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly names: JetStreamNames;
  readonly options: CompleteLogOptions;
  readonly retry: Retry;
  /** Returns `work`; closing the log waits for it. */
  readonly track: <T>(work: Promise<T>) => Promise<T>;
}

const MESSAGE_ID = 'Nats-Msg-Id';
/**
 * Writes a slot by compare-and-set on its subject (expected last sequence 0). The server's answer is never trusted
 * about the winner: a publish with a known message id is answered with success whatever its content, a conflict may be
 * with our own publish whose answer was lost, and an answer may be lost altogether. So the slot is read back from the
 * stream's leader, and the message id in it (new for every call) identifies the writer.
 */
export async function appendJetStream(
  context: JetStreamContext,
  key: EventKey,
  payload: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<AppendResult> {
  const { client, names, options } = context;
  const token = nuid.next();
  const subject = names.subjectOf(key);
  const deadlineMs = performance.now() + options.unavailableAfterMs;
  for (;;) {
    await context.retry(async () => {
      const hdrs = createHeaders();
      for (const [name, value] of Object.entries(headers)) hdrs.set(name, value);
      try {
        await client.publish(subject, payload, {
          headers: hdrs,
          msgID: token,
          expect: { lastSubjectSequence: 0, streamName: names.stream },
        });
      } catch (error) {
        if (!isUndecided(error)) throw error;
      }
    });
    const standing = await readStored(context, subject);
    if (standing) {
      const isOurs = standing.header.get(MESSAGE_ID) === token;
      return { status: isOurs ? 'appended' : 'exists', event: toEvent(names, standing) };
    }
    // Undecided in a cluster: the winner is being stored. Or the answered publish was lost with its server.
    if (performance.now() > deadlineMs) {
      throw new LogUnavailableError(`no event was stored in ${subject} within ${options.unavailableAfterMs} ms`);
    }
    await sleep(jitteredMs(50));
  }
}

/** The event in a slot, read from the stream's leader: it sees every answered append. */
export async function readJetStream(context: JetStreamContext, key: EventKey): Promise<LogEvent | undefined> {
  const stored = await readStored(context, context.names.subjectOf(key));
  return stored && toEvent(context.names, stored);
}

/** The last message on `subject`, which may hold wildcards. */
export function readStored(context: JetStreamContext, subject: string): Promise<StoredMsg | undefined> {
  return context.retry(async () => {
    const { manager, names } = context;
    return (await manager.streams.getMessage(names.stream, { last_by_subj: subject })) ?? undefined;
  });
}

function toEvent(names: JetStreamNames, stored: StoredMsg): LogEvent {
  return {
    key: names.keyOf(stored.subject),
    payload: stored.data,
    headers: toRecord(stored.header),
    sequence: stored.seq,
    timeMs: stored.time.getTime(),
  };
}

/** Our own headers: without those that the server and its protocol use. */
export function toRecord(headers: MsgHdrs | undefined): Record<string, string> {
  const record: Record<string, string> = {};
  for (const name of headers?.keys() ?? []) {
    if (!name.startsWith('Nats-')) record[name] = headers?.get(name) ?? '';
  }
  return record;
}
