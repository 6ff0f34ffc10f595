import type { EpisodeKey, Slot } from '@qloom/episode-log/event-key.ts';
import type { AppendResult, EpisodeLog, LogEvent } from '@qloom/episode-log/port.ts';
import { encodeSlot, type SlotContent } from '@qloom/service-kit/stage/slot-events.ts';
import { traceHeaders } from '@qloom/telemetry/event-headers.ts';
import type { Clock } from '../retry/clock.ts';
import { encodeRecord, type Recorded } from './study-record.ts';
import { applyEvent, emptyView, type StudyView } from './study-view.ts';

/** The events of one study: a view of the known events, and writes that extend both the log and the view. */
export interface StudyJournal {
  readonly study: string;
  /** Where the log's events are. */
  readonly log: Pick<EpisodeLog, 'address'>;
  /** The view of the known events. A new object whenever an event changes it. */
  readonly view: StudyView;
  /** Adds an event of the log to the view. */
  apply(event: LogEvent): void;
  /** Reads slots of an episode from the log, even if they are not in the view. */
  refresh(episode: number, slots: readonly Slot[]): Promise<void>;
  /** Writes a slot of an episode. Where it exists already, the view takes the event that exists. */
  writeSlot(key: Omit<EpisodeKey, 'study'>, startedAtMs: number, result: SlotContent['result']): Promise<AppendResult>;
  /**
   * Writes a slot of the study itself, whose event carries `headers`, by default the trace context of the active span. Where it
   * exists already, the view takes the event that exists.
   */
  record(record: Recorded, headers?: LogEvent['headers']): Promise<AppendResult>;
}

/** Creates a journal without events. */
export function createJournal(
  study: string,
  { episodeLog, clock }: { readonly episodeLog: EpisodeLog; readonly clock: Clock },
): StudyJournal {
  let view = emptyView(study);
  const apply = (event: LogEvent): void => {
    view = applyEvent(view, event);
  };
  const take = (result: AppendResult): AppendResult => {
    apply(result.event);
    return result;
  };
  return {
    study,
    log: episodeLog,
    get view() {
      return view;
    },
    apply,
    async refresh(episode, slots) {
      for (const slot of slots) {
        const event = await episodeLog.read({ study, episode, slot });
        if (event !== undefined) apply(event);
      }
    },
    async writeSlot({ episode, slot }, startedAtMs, result) {
      const key = { study, episode, slot };
      const payload = encodeSlot(key, { startedAtMs, endedAtMs: clock.now(), attempt: 1, result });
      return take(await episodeLog.append(key, payload, traceHeaders()));
    },
    async record(record, headers = traceHeaders()) {
      const { key, payload } = encodeRecord(study, record, clock.now());
      return take(await episodeLog.append(key, payload, headers));
    },
  };
}
