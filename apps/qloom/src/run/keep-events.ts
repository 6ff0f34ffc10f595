import { StudyRecord } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { isEpisodeKey } from '@qloom/episode-log/event-key.ts';
import type { NatsCredentials } from '@qloom/episode-log/nats/nats-credentials.ts';
import { openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { EpisodeLog, LogEvent } from '@qloom/episode-log/port.ts';
import { eventLine } from '../run-folder/event-line.ts';
import { openLineFile } from '../run-folder/line-file.ts';

/** Follows the log of a study into a file. */
export interface EventKeeper {
  /** Rejects when the file cannot be written; never resolves. */
  readonly failed: Promise<never>;
  /** Writes the remaining events of the log, and closes it. */
  stop(): Promise<void>;
}

/**
 * Writes `events.jsonl`: every event of the study in its total order, first the existing ones, then new ones. The file
 * is rewritten by each run: the log is the source of truth, this is a readable copy.
 */
export async function keepEvents(
  logUrl: string,
  study: string,
  path: string,
  credentials: NatsCredentials = {},
): Promise<EventKeeper> {
  const log = await openEpisodeLog(logUrl, { ...credentials, pollMs: 100, warn: () => {} });
  const abort = new AbortController();
  let last = 0;
  const file = openLineFile(path, 'w');
  const write = (event: LogEvent): void => {
    if (event.sequence <= last) return;
    last = event.sequence;
    file.write(lineOf(event));
  };
  const following = (async () => {
    for await (const event of log.watch(study, { signal: abort.signal })) write(event);
  })();
  following.catch(() => {});
  return {
    failed: file.failed,
    async stop() {
      abort.abort();
      await following.catch(() => {});
      await writeRest(log, study, write);
      await log.close().catch(() => {});
      await file.close();
    },
  };
}

/** The events that the watch had not reached yet. An unreachable log must not keep a run from ending. */
async function writeRest(log: EpisodeLog, study: string, write: (event: LogEvent) => void): Promise<void> {
  try {
    for (const event of await log.replay(study)) write(event);
  } catch {
    // The events seen so far are in the file.
  }
}

function lineOf({ key, sequence, timeMs, headers, payload }: LogEvent): string {
  const episode = isEpisodeKey(key) ? key.episode : undefined;
  const content =
    episode === undefined
      ? StudyRecord.toJSON(StudyRecord.decode(payload))
      : SlotEvent.toJSON(SlotEvent.decode(payload));
  return eventLine({ sequence, timeMs, study: key.study, episode, slot: key.slot, headers, content });
}
