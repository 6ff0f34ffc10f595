import { status } from '@grpc/grpc-js';
import { type StudyCreated, type StudyEvent, StudyRecord } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { isServiceError } from '@qloom/service-kit/faults/status.ts';
import { type AgentClient, type Patience, untilAnswered } from '../run/follow-study.ts';
import { eventLine } from '../run-folder/event-line.ts';

/** The events of a study so far; undefined where the agent is an implementation that does not give them. */
export async function studyEvents(
  agent: AgentClient,
  id: string,
  patience: Patience,
): Promise<readonly StudyEvent[] | undefined> {
  const read = async (): Promise<StudyEvent[]> => {
    const events: StudyEvent[] = [];
    for await (const { event } of agent.listStudyEvents({ id }, { signal: patience.signal })) {
      if (event !== undefined) events.push(event);
    }
    return events;
  };
  try {
    return await untilAnswered(read, patience);
  } catch (error) {
    if (isServiceError(error) && error.code === status.UNIMPLEMENTED) return undefined;
    throw error;
  }
}

/** The events as `events.jsonl` keeps them. */
export function eventLines(id: string, events: readonly StudyEvent[]): string {
  return events
    .map(({ sequence, time, episode, slot, headers, content }) =>
      eventLine({
        sequence: Number(sequence),
        timeMs: time?.getTime() ?? 0,
        study: id,
        episode,
        slot,
        headers,
        content: contentOf(content),
      }),
    )
    .join('');
}

function contentOf(content: StudyEvent['content']): unknown {
  if (content === undefined) return null;
  return content.$case === 'slotEvent' ? SlotEvent.toJSON(content.value) : StudyRecord.toJSON(content.value);
}

/** The record of a study's creation; undefined where it is not among the events. */
export function creationOf(events: readonly StudyEvent[]): StudyCreated | undefined {
  for (const { content } of events) {
    if (content?.$case === 'record' && content.value.record?.$case === 'created') return content.value.record.value;
  }
  return undefined;
}
