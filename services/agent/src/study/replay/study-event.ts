import { type StudyEvent, StudyRecord } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { isEpisodeKey } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';

/** An event of the log as a message. */
export function encodeStudyEvent({ key, payload, headers, sequence, timeMs }: LogEvent): StudyEvent {
  const isOfEpisode = isEpisodeKey(key);
  return {
    sequence: BigInt(sequence),
    time: new Date(timeMs),
    episode: isOfEpisode ? key.episode : undefined,
    slot: key.slot,
    headers: { ...headers },
    content: isOfEpisode
      ? { $case: 'slotEvent', value: SlotEvent.decode(payload) }
      : { $case: 'record', value: StudyRecord.decode(payload) },
  };
}
