import { SpanKind } from '@opentelemetry/api';
import { consumerAttributes } from '@qloom/service-kit/stage/messaging-attributes.ts';
import type { FailureName, SlotContent } from '@qloom/service-kit/stage/slot-events.ts';
import { contextFromHeaders } from '@qloom/telemetry/event-headers.ts';
import { recordQueueWait } from '@qloom/telemetry/metrics.ts';
import { ATTR_QUEUE_WAIT } from '@qloom/telemetry/schema.ts';
import type { StudyJournal } from '../replay/study-journal.ts';
import { openEpisodes, type WrittenSlot } from '../replay/study-view.ts';
import type { Clock } from '../retry/clock.ts';
import { runAgentStage } from './agent-stage.ts';

/** Dependencies of writing a reward. */
export interface RewardWriter {
  readonly journal: StudyJournal;
  readonly clock: Clock;
}

/**
 * Stage `reward` of one episode: writes what `result` returns. `read` are the slots that it follows from: it could not begin before
 * the last of them was in the log, and waited from then on. A reward that ends an episode early (`isEarly`: cancelled, past its
 * deadline) waited for no slot.
 */
export async function writeReward(
  { journal, clock }: RewardWriter,
  episode: number,
  read: readonly [WrittenSlot, ...WrittenSlot[]],
  result: () => SlotContent['result'],
  { isEarly = false } = {},
): Promise<void> {
  const [last, ...others] = [...read].sort((a, b) => b.log.sequence - a.log.sequence);
  const span = {
    study: journal.study,
    episode,
    kind: SpanKind.CONSUMER,
    parent: contextFromHeaders(last.log.headers),
    links: others.map(({ log }) => contextFromHeaders(log.headers)),
    attributes: consumerAttributes(journal.log, last.log),
  };
  await runAgentStage('reward', span, clock, async (startedAtMs, active) => {
    const content = result();
    const { status } = await journal.writeSlot({ episode, slot: 'reward' }, startedAtMs, content);
    const outcome = status === 'exists' ? 'adopted' : 'facts' in content ? 'ok' : 'failed';
    if (!isEarly) {
      const waitSeconds = Math.max(0, startedAtMs - last.log.timeMs) / 1000;
      active.setAttribute(ATTR_QUEUE_WAIT, waitSeconds);
      recordQueueWait('reward', outcome, waitSeconds);
    }
    return outcome;
  });
}

/** Writes every episode that has no reward yet as failed. */
export async function failOpenEpisodes(writer: RewardWriter, reason: FailureName, message: string): Promise<void> {
  for (const { episode, slots } of openEpisodes(writer.journal.view)) {
    if (slots.propose !== undefined) {
      await writeReward(writer, episode, [slots.propose], () => ({ reason, message }), { isEarly: true });
    }
  }
}
