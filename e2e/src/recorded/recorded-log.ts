import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type EventKey, isEpisodeKey, type Slot } from '@qloom/episode-log/event-key.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';

/** Files of a recorded log. */
export const HEAD = 'recorded.json';
export const EVENTS = 'events.jsonl';
export const ARTIFACTS = 'artifacts';
export const DESCRIPTORS = 'descriptors.binpb.gz';

/** What is known of a recorded log. */
export interface RecordedHead {
  /** Version and commit of the code that wrote it. */
  readonly version: string;
  readonly commit: string;
  readonly study: string;
  /** Number of events after which the study stood half way: episodes rewarded, one fitted and not assessed. */
  readonly halfWay: number;
}

/** An event as it is kept: without its sequence and its time, which the log sets that it is appended to. */
export type RecordedEvent = Pick<LogEvent, 'key' | 'payload' | 'headers'>;

/** The log of a finished study that an earlier version has written. */
export interface RecordedLog extends RecordedHead {
  /** In the order of the log. */
  readonly events: readonly RecordedEvent[];
  /** Artifacts that the half-way study and the result need, by SHA-256. */
  readonly artifacts: ReadonlyMap<string, Uint8Array>;
  /** The contracts of that version: a serialized `FileDescriptorSet`. */
  readonly descriptors: Uint8Array;
}

interface Line {
  readonly episode?: number;
  readonly slot: string;
  readonly headers: Record<string, string>;
  /** Base64. */
  readonly payload: string;
}

/** An event as a line of JSON. */
export function toLine({ key, headers, payload }: RecordedEvent): string {
  const line: Line = {
    episode: key.episode,
    slot: key.slot,
    headers,
    payload: Buffer.from(payload).toString('base64'),
  };
  return JSON.stringify(line);
}

function fromLine(study: string, text: string): RecordedEvent {
  const { episode, slot, headers, payload } = JSON.parse(text) as Line;
  const key: EventKey = episode === undefined ? { study, slot } : { study, episode, slot: slot as Slot };
  return { key, headers, payload: Buffer.from(payload, 'base64') };
}

/** The SHA-256 hashes in the bytes of an event or of an artifact: those of artifacts, and others. */
export function namedArtifacts(payload: Uint8Array): string[] {
  return (
    Buffer.from(payload)
      .toString('latin1')
      .match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g) ?? []
  );
}

/** Every recorded log of the repository, in the order of their names. */
export function recordedLogs(): RecordedLog[] {
  const root = fileURLToPath(new URL('.', import.meta.url));
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readRecorded(join(root, name)))
    .sort((a, b) => (a.version < b.version ? -1 : 1));
}

function readRecorded(folder: string): RecordedLog {
  const head = JSON.parse(readFileSync(join(folder, HEAD), 'utf8')) as RecordedHead;
  const lines = readFileSync(join(folder, EVENTS), 'utf8').trimEnd().split('\n');
  const files = readdirSync(join(folder, ARTIFACTS));
  return {
    ...head,
    events: lines.map((line) => fromLine(head.study, line)),
    artifacts: new Map(
      files.map((file) => [file.replace(/\.gz$/, ''), gunzipSync(readFileSync(join(folder, ARTIFACTS, file)))]),
    ),
    descriptors: gunzipSync(readFileSync(join(folder, DESCRIPTORS))),
  };
}

/** Whether an event is a slot of the study `slot`. */
export function isStudySlot({ key }: RecordedEvent, slot: string): boolean {
  return !isEpisodeKey(key) && key.slot === slot;
}

/** Appends `events` to the log at `log`, and puts the recorded artifacts into the store at `artifacts`. */
export async function restore(
  recorded: RecordedLog,
  events: readonly RecordedEvent[],
  { log, artifacts }: { readonly log: string; readonly artifacts: string },
): Promise<void> {
  const store = await openArtifactStore(artifacts);
  for (const bytes of recorded.artifacts.values()) await store.put(bytes);
  await store.close();
  const episodeLog = await openEpisodeLog(log);
  for (const { key, payload, headers } of events) await episodeLog.append(key, payload, headers);
  await episodeLog.close();
}
