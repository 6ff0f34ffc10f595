import type { EventKey, Slot } from './event-key.ts';

/** One event of the log. It never changes and is never removed. */
export interface LogEvent {
  readonly key: EventKey;
  /** Opaque to the log. */
  readonly payload: Uint8Array;
  /** `traceparent` and the like. Names are lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Grows with every event of a study (not by one: other studies share the count). Above 0. */
  readonly sequence: number;
  /** When the log stored it, milliseconds since the Unix epoch, by the log's clock. */
  readonly timeMs: number;
}

/**
 * Result of an append. A slot is written once: `exists` means that it already has an event (possibly of the same
 * writer, from before a crash), and `event` is that one, to be adopted.
 */
export interface AppendResult {
  readonly status: 'appended' | 'exists';
  readonly event: LogEvent;
}

/**
 * One event handed to one consumer under a lease. The adapter renews the lease while the handler runs, so a handler
 * needs {@link Delivery.working} only to extend it at once. Only the first of `ack`, `nak` and `term` counts. Each
 * resolves to whether the log accepted it; `false` means that the lease is lost or the log is unreachable, and that the
 * event will be delivered again: handlers must be idempotent.
 */
export interface Delivery {
  readonly event: LogEvent;
  /** 1 for the first delivery to this consumer, then one more for each: after a crash, a nak, an expired lease. */
  readonly attempt: number;
  /** Aborted when the lease is lost: another process may already be working on the event, so stop. */
  readonly signal: AbortSignal;
  /** The work is done: the event is never delivered to this consumer again. */
  ack(): Promise<boolean>;
  /** The work is not done: the event is delivered again after `delayMs`. Default: at once. */
  nak(delayMs?: number): Promise<boolean>;
  /** Renews the lease now. */
  working(): Promise<boolean>;
  /** Gives up: the event is never delivered to this consumer again. Write the next slot first. */
  term(): Promise<boolean>;
}

/** Options of {@link EpisodeLog.consume}. */
export interface ConsumeOptions {
  /** The durable name, `[a-z0-9-]{1,32}`: consumers of one name share the events of one slot between them. */
  readonly consumer: string;
  /** The slot whose events are wanted: an episode's slot, or a study-level one such as `create`. */
  readonly slot: Slot | (string & {});
  /** The most handlers at once in this call. At least 1. */
  readonly maxInFlight: number;
  /** Lease of its deliveries, the same in every process of one durable name. Unit: milliseconds. Default: that of the log. */
  readonly leaseMs?: number;
  /** Ends the consumption: no new deliveries; handlers in flight may finish. */
  readonly signal: AbortSignal;
  /** Called with the reason when no event can be taken for now, and with undefined when events can be taken again. */
  readonly onTrouble?: (problem: string | undefined) => void;
}

/** A durable consumer: its name, and the slot whose events it delivers. */
export type DurableConsumer = Pick<ConsumeOptions, 'consumer' | 'slot'>;

/** The work of a durable consumer at one moment, over all its processes. */
export interface ConsumerLoad {
  /**
   * Handlers that can run at once: the sum of `maxInFlight` of the processes that consume. On NATS it is an estimate, the pulls
   * that wait and the events that are out, which include those of a killed process and those that wait for their redelivery.
   */
  readonly handlers: number;
  /** Events that were delivered and are not settled, including those that wait for their redelivery. */
  readonly inFlight: number;
  /** Events that were never delivered. */
  readonly waiting: number;
}

/** Options of {@link EpisodeLog.watch}. */
export interface WatchOptions {
  /** Only events with a greater sequence. From the first one when left out. */
  readonly after?: number;
  /** Ends the iteration without an error. */
  readonly signal: AbortSignal;
}

/** Where the events of a log are, in the words of the log's own tools: for traces and messages. */
interface LogAddress {
  readonly system: 'sqlite' | 'nats';
  /** Where the event of a slot is: `qloom.v1.ep.<study>.<episode>.<slot>` on NATS, `<study>/<episode>/<slot>` on SQLite. */
  placeOf(key: EventKey): string;
  /** Where the events of a slot are over all studies: the same with `*`. */
  placesOf(slot: Slot | (string & {})): string;
}

/**
 * The append-only log that coordinates episodes. Two adapters implement it, `openSqliteLog` for one machine and
 * `openJetStreamLog` for clusters, and pass one contract suite (`@qloom/testing/episode-log/contract.ts`).
 *
 * Every method throws `LogClosedError` after {@link EpisodeLog.close}, and `LogUnavailableError` when the log could not be
 * reached or stayed locked for longer than its limit.
 */
export interface EpisodeLog {
  readonly address: LogAddress;
  /**
   * Writes a slot, once. Of any number of racing writers exactly one gets `appended`. Throws `InvalidKeyError` for a
   * malformed key or header.
   */
  append(key: EventKey, payload: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<AppendResult>;
  /** The event of a slot, or undefined. Sees every append that was answered before it was called. */
  read(key: EventKey): Promise<LogEvent | undefined>;
  /** All events of a study in their total order. Sees every append that was answered before it was called. */
  replay(study: string): Promise<LogEvent[]>;
  /** The events of a study in their total order, first the existing ones, then new ones: without gaps or duplicates. */
  watch(study: string, options: WatchOptions): AsyncIterable<LogEvent>;
  /**
   * Delivers every event of a slot, over all studies, to one of the competing consumers of that name, at least once,
   * and again without limit until it is acknowledged. A handler that returns without having settled its delivery has
   * acknowledged it; one that throws gets a nak whose delay grows with the attempt. Resolves when `signal` aborts, or
   * the log closes, and the handlers in flight are done. Throws `ConsumerConflictError` when the durable name is in use
   * for another slot.
   */
  consume(options: ConsumeOptions, handler: (delivery: Delivery) => Promise<void>): Promise<void>;
  /**
   * Creates durable consumers that do not exist, without consuming: what watches their load (an autoscaler) then finds them before
   * their first process starts. Throws `ConsumerConflictError` when a durable name is in use for another slot.
   */
  createConsumers(consumers: readonly DurableConsumer[]): Promise<void>;
  /** The load of a durable consumer; zeros if it does not exist. */
  load(consumer: string): Promise<ConsumerLoad>;
  /** The names of all studies with at least one event, sorted. */
  studies(): Promise<string[]>;
  /** Ends watches and consumptions, waits for their handlers, and closes the connection. May be called twice. */
  close(): Promise<void>;
}
