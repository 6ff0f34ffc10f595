import { StudyRecord } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { formatKey, type StudyKey } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import { boundedMessage } from '@qloom/service-kit/faults/bounded-message.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';

/** Content of a slot of a study itself. */
export type Recorded = NonNullable<StudyRecord['record']>;

/** Name of a record's slot. */
function slotOf(record: Recorded): string {
  switch (record.$case) {
    case 'created':
      return 'create';
    case 'prepared':
      return 'prepare';
    case 'cancelled':
      return 'cancel';
    case 'finished':
      return 'finish';
    case 'unit':
      return `unit-${record.value.name}`;
    case 'policy':
      return `policy-${record.value.batches}`;
  }
}

/** Key and bytes of a record. */
export function encodeRecord(study: string, record: Recorded, timeMs: number): { key: StudyKey; payload: Uint8Array } {
  return {
    key: { study, slot: slotOf(record) },
    payload: StudyRecord.encode({ time: new Date(timeMs), record: bounded(record) }).finish(),
  };
}

/** The record with the message of a failure cut to `MAX_MESSAGE_BYTES`, as those of slots are. */
function bounded(record: Recorded): Recorded {
  if (record.$case !== 'finished' || record.value.failure === undefined) return record;
  const { reason, message } = record.value.failure;
  return { ...record, value: { ...record.value, failure: { reason, message: boundedMessage(message) } } };
}

/** Slots that hold a record. Others hold other messages: those of campaigns and of experiments' journals, and of later versions. */
const KNOWN_SLOT = /^(create|prepare|cancel|finish|(unit|policy)-.*)$/;

/**
 * The record of an event; undefined for a slot that holds another message. Throws `DomainError` (`data-loss`) if it is not a record, or
 * is that of another slot.
 */
export function decodeRecord({ key, payload }: LogEvent): Recorded | undefined {
  if (!KNOWN_SLOT.test(key.slot)) return undefined;
  const { record } = StudyRecord.decode(payload);
  if (record === undefined || slotOf(record) !== key.slot) {
    throw new DomainError('data-loss', `${formatKey(key)}: holds ${record?.$case ?? 'nothing'}`);
  }
  return record;
}
