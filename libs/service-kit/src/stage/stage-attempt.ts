import type { Implementation } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import type { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { EpisodeKey } from '@qloom/episode-log/event-key.ts';
import type { Delivery, EpisodeLog } from '@qloom/episode-log/port.ts';
import { TERMINAL_STAGE } from '@qloom/study/stages.ts';
import { traceHeaders } from '@qloom/telemetry/event-headers.ts';
import { classifyFault, type Fault } from '../faults/faults.ts';
import type { Logger } from '../logger.ts';
import { decodeSlot, encodeSlot, isOk, type SlotContent, type SlotFacts } from './slot-events.ts';

/** How one delivery ended: what was written, by which worker, and how the event is settled. */
export type AttemptResult =
  /** The slot is written, or there is nothing to do: never deliver again. */
  | { readonly outcome: 'ok' | 'failed' | 'adopted'; readonly settle: 'ack' | 'term'; readonly error?: unknown }
  /** Deliver again. */
  | { readonly outcome: 'retry'; readonly fault: 'infrastructure' | 'unexplained'; readonly error: unknown };

/** Inputs of {@link attemptStage}. */
export interface AttemptOptions {
  readonly episodeLog: EpisodeLog;
  /** The slot to write. */
  readonly key: EpisodeKey;
  readonly delivery: Delivery;
  readonly work: (event: SlotEvent) => Promise<SlotFacts>;
  /** The service that did the work, if it is known. */
  readonly implementation: () => Implementation | undefined;
  /** Whether the work was aborted: then its error is not the event's fault. */
  readonly interrupted: () => boolean;
  /** The number of deliveries without progress, this one included, if one more unexplained failure makes it poison. */
  readonly poisonAfter: () => number | undefined;
  readonly log: Logger;
  readonly now: () => number;
}

/** One delivery of one event: does the work and appends the slot. Does not throw: an error is a result. */
export async function attemptStage(options: AttemptOptions): Promise<AttemptResult> {
  try {
    return await attempt(options);
  } catch (error) {
    try {
      return await fail(options, error);
    } catch (second) {
      return { outcome: 'retry', fault: 'infrastructure', error: second };
    }
  }
}

async function attempt(options: AttemptOptions): Promise<AttemptResult> {
  const { delivery, episodeLog, key } = options;
  const startedAtMs = options.now();
  if (await isSettled(episodeLog, key)) return { outcome: 'adopted', settle: 'ack' };
  const before = decodeSlot(delivery.event);
  if (!isOk(before)) return { outcome: 'adopted', settle: 'ack' };
  const facts = await options.work(before);
  return { outcome: await append(options, startedAtMs, { facts }), settle: 'ack' };
}

async function fail(options: AttemptOptions, error: unknown): Promise<AttemptResult> {
  const { log } = options;
  const fault: Fault = options.interrupted() ? { kind: 'infrastructure' } : classifyFault(error);
  const message = error instanceof Error ? error.message : String(error);
  const at = options.now();
  if (fault.kind === 'failed') {
    log.warn('episode failed', { reason: fault.reason, error });
    const outcome = await append(options, at, { reason: fault.reason, message });
    return { outcome: outcome === 'ok' ? 'failed' : outcome, settle: 'ack', error };
  }
  const deliveries = fault.kind === 'unexplained' ? options.poisonAfter() : undefined;
  if (deliveries !== undefined) {
    log.error('event is poison', { error });
    const last = `${deliveries} deliveries without progress; the last error: ${message}`;
    const outcome = await append(options, at, { reason: 'poison', message: last });
    return { outcome: outcome === 'ok' ? 'failed' : outcome, settle: 'term', error };
  }
  log.warn('handed back', { fault: fault.kind, error });
  return { outcome: 'retry', fault: fault.kind, error };
}

/**
 * Writes the slot with the active span's context. If another worker was faster, its slot is adopted: slots are written
 * once.
 */
async function append(
  { episodeLog, key, delivery, implementation, now }: AttemptOptions,
  startedAtMs: number,
  result: SlotContent['result'],
): Promise<'ok' | 'adopted'> {
  const { attempt } = delivery;
  const content = { startedAtMs, endedAtMs: now(), attempt, implementation: implementation(), result };
  const payload = encodeSlot(key, content);
  const { status } = await episodeLog.append(key, payload, traceHeaders());
  return status === 'appended' ? 'ok' : 'adopted';
}

/** Whether the slot is already written, or the episode is over (cancelled, or past its deadline). */
async function isSettled(episodeLog: EpisodeLog, key: EpisodeKey): Promise<boolean> {
  if ((await episodeLog.read(key)) !== undefined) return true;
  const reward: EpisodeKey = { study: key.study, episode: key.episode, slot: TERMINAL_STAGE };
  return key.slot !== TERMINAL_STAGE && (await episodeLog.read(reward)) !== undefined;
}
