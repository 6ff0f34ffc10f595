import { setTimeout as sleep } from 'node:timers/promises';
import { JetStreamApiError, type JsMsg } from '@nats-io/jetstream';
import { LogClosedError, LogUnavailableError } from '../errors.ts';
import { jitteredMs } from '../log-options.ts';
import type { LogEvent } from '../port.ts';
import { reasonOf } from './jetstream-answers.ts';
import { type JetStreamContext, readStored, toRecord } from './jetstream-append.ts';
import { readStudyOnce } from './jetstream-reader.ts';

/** Where following starts, and what ends it. */
interface Follow {
  readonly study: string;
  readonly after: number;
  readonly signal: AbortSignal;
  /** How long it may fail in a row before it throws `LogUnavailableError`, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * The events of a study above `after`, without end. Read through one consumer after another (`readStudyOnce`), each of
 * which starts after the last event seen, so that there are no gaps and no duplicates.
 */
export async function* followJetStream(context: JetStreamContext, follow: Follow): AsyncGenerator<LogEvent> {
  const { signal, study } = follow;
  let after = follow.after;
  let workedMs = performance.now();
  for (let failures = 0; !signal.aborted; ) {
    let problem: unknown = new Error('the consumer that it is read through broke off');
    try {
      for await (const message of readStudyOnce(context, { study, after, signal })) {
        failures = 0;
        workedMs = performance.now();
        if (message.seq <= after) continue;
        after = message.seq;
        yield toEvent(context, message);
      }
    } catch (error) {
      problem = error;
    }
    if (signal.aborted || context.connection.isClosed()) return;
    if (performance.now() - workedMs > follow.patienceMs) {
      throw new LogUnavailableError(
        `study ${study} could not be read in ${follow.patienceMs} ms of tries: ${reasonOf(problem)}`,
        { cause: problem },
      );
    }
    failures++;
    if (failures % 10 === 0 || (failures === 1 && problem instanceof JetStreamApiError)) {
      context.options.warn(`reading study ${study}: ${reasonOf(problem)}; trying again`);
    }
    await sleep(jitteredMs(Math.min(50 * 2 ** Math.min(failures, 6), 2_000)));
  }
}

/** All events that a study has at the time of the call. */
export async function replayJetStream(
  context: JetStreamContext,
  study: string,
  signal: AbortSignal,
): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  const last = (await readStored(context, context.names.subjectsOfStudy(study)))?.seq;
  if (last === undefined) return events;
  const patienceMs = context.options.unavailableAfterMs;
  for await (const event of followJetStream(context, { study, after: 0, signal, patienceMs })) {
    if (event.sequence <= last) events.push(event);
    if (event.sequence >= last) return events;
  }
  throw new LogClosedError(`closed while study ${study} was read`);
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
