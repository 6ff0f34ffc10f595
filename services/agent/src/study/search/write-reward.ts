import { SpanKind } from '@opentelemetry/api';
import type { FailureName, SlotContent } from '@qloom/service-kit/stage/slot-events.ts';
import { contextFromHeaders } from '@qloom/telemetry/event-headers.ts';
import { recordQueueWait } from '@qloom/telemetry/metrics.ts';
import type { StudyJournal } from '../replay/study-journal.ts';
import { proposedEpisodes, type WrittenSlot } from '../replay/study-view.ts';
import type { Clock } from '../retry/clock.ts';
import { runAgentStage } from './agent-stage.ts';

/** Dependencies of writing a reward. */
export interface RewardWriter {
  readonly journal: StudyJournal;
  readonly clock: Clock;
}

/** Stage `reward` of one episode: writes what `result` returns. `cause` is the slot that it follows from. */
export async function writeReward(
  { journal, clock }: RewardWriter,
  episode: number,
  cause: WrittenSlot,
  result: () => SlotContent['result'],
): Promise<void> {
  const parent = contextFromHeaders(cause.log.headers);
  const span = { study: journal.study, episode, kind: SpanKind.CONSUMER, parent };
  await runAgentStage('reward', span, clock, async (startedAtMs) => {
    const content = result();
    const status = await journal.writeSlot({ episode, slot: 'reward' }, startedAtMs, content);
    const outcome = status === 'exists' ? 'adopted' : 'facts' in content ? 'ok' : 'failed';
    recordQueueWait('reward', outcome, (startedAtMs - cause.log.timeMs) / 1000);
    return outcome;
  });
}

/** Writes every episode that has no reward yet as failed. */
export async function failOpenEpisodes(writer: RewardWriter, reason: FailureName, message: string): Promise<void> {
  for (const { episode, slots } of proposedEpisodes(writer.journal.view)) {
    if (slots.reward === undefined && slots.propose !== undefined) {
      await writeReward(writer, episode, slots.propose, () => ({ reason, message }));
    }
  }
}
