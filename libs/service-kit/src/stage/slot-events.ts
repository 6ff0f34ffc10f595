import type { Implementation } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { FailureReason, Outcome, Slot, SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { EpisodeKey, Slot as SlotName } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { boundedMessage } from '../faults/bounded-message.ts';
import { DomainError } from '../faults/errors.ts';

/** The closed list of why an episode can fail. */
export type FailureName = 'invalid' | 'diverged' | 'cancelled' | 'deadline' | 'poison';

/** Content of a slot, as the contract's `oneof`. */
export type SlotFacts = NonNullable<SlotEvent['facts']>;

/** Content of a slot without its key. */
export interface SlotContent {
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Delivery of the preceding event that did the work, from 1. */
  readonly attempt: number;
  /** The service that did the work, if it is known. */
  readonly implementation?: Implementation;
  readonly result: { readonly facts: SlotFacts } | { readonly reason: FailureName; readonly message: string };
}

/** The bytes of a slot, a failure's message cut to `MAX_MESSAGE_BYTES`. The only place that encodes them. */
export function encodeSlot(key: EpisodeKey, content: SlotContent): Uint8Array {
  const { result } = content;
  const failed = 'reason' in result;
  const event: SlotEvent = {
    study: key.study,
    episode: key.episode,
    slot: SLOT_NUMBER[key.slot],
    outcome: failed ? Outcome.FAILED : Outcome.OK,
    failure: failed ? { reason: REASON_NUMBER[result.reason], message: boundedMessage(result.message) } : undefined,
    startedAt: new Date(content.startedAtMs),
    endedAt: new Date(Math.max(content.startedAtMs, content.endedAtMs)), // the clock may have been set back in between
    attempt: content.attempt,
    implementation: content.implementation,
    facts: failed ? undefined : result.facts,
  };
  return SlotEvent.encode(event).finish();
}

/**
 * The content of a slot. Throws `DomainError` (`data-loss`) when the bytes are no SlotEvent, or one of another slot
 * than the one they were read from.
 */
export function decodeSlot(event: LogEvent): SlotEvent {
  const { key } = event;
  const where = `${key.study}/${key.episode}/${key.slot}`;
  let decoded: SlotEvent;
  try {
    decoded = SlotEvent.decode(event.payload);
  } catch (cause) {
    throw new DomainError('data-loss', `${where}: ${event.payload.byteLength} bytes that are no SlotEvent`, { cause });
  }
  const named = `${decoded.study}/${decoded.episode}/${SLOT_NAME.get(decoded.slot)}`;
  if (named !== where) throw new DomainError('data-loss', `${where}: holds the event of ${named}`);
  if (decoded.outcome !== Outcome.OK && decoded.outcome !== Outcome.FAILED) {
    throw new DomainError('data-loss', `${where}: outcome ${decoded.outcome} is neither OK nor FAILED`);
  }
  return decoded;
}

/** Whether the slot was written as ok. */
export function isOk(event: SlotEvent): boolean {
  return event.outcome === Outcome.OK;
}

/** Why a slot failed, by name; undefined when it did not. */
export function failureOf(event: SlotEvent): { readonly reason: FailureName; readonly message: string } | undefined {
  if (event.failure === undefined) return undefined;
  return { reason: REASON_NAME.get(event.failure.reason) ?? 'invalid', message: event.failure.message };
}

const SLOT_NUMBER: Readonly<Record<SlotName, Slot>> = {
  propose: Slot.PROPOSE,
  fit: Slot.FIT,
  assess: Slot.ASSESS,
  evaluate: Slot.EVALUATE,
  reward: Slot.REWARD,
};
const SLOT_NAME = new Map(Object.entries(SLOT_NUMBER).map(([name, number]) => [number, name as SlotName]));

const REASON_NUMBER: Readonly<Record<FailureName, FailureReason>> = {
  invalid: FailureReason.INVALID,
  diverged: FailureReason.DIVERGED,
  cancelled: FailureReason.CANCELLED,
  deadline: FailureReason.DEADLINE,
  poison: FailureReason.POISON,
};
const REASON_NAME = new Map(Object.entries(REASON_NUMBER).map(([name, number]) => [number, name as FailureName]));
