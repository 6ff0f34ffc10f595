import { LogCorruptError } from '../errors.ts';
import { type EventKey, isEpisodeKey, type Slot } from '../event-key.ts';
import type { AppendResult, LogEvent } from '../port.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** The columns that {@link toEvent} reads, for a SELECT. */
export const EVENT_COLUMNS = 'sequence, study, episode, slot, payload, headers, time_ms';

/** In the column `episode` of an event that belongs to its study: NULLs would not be unique. */
const NO_EPISODE = -1;

type Row = Record<string, unknown>;

/** A row of the table `events` as an event. */
export function toEvent(row: Row): LogEvent {
  const study = String(row['study']);
  const slot = String(row['slot']);
  const episode = Number(row['episode']);
  return {
    key: episode === NO_EPISODE ? { study, slot } : { study, episode, slot: slot as Slot },
    payload: row['payload'] as Uint8Array,
    headers: parseHeaders(row),
    sequence: Number(row['sequence']),
    timeMs: Number(row['time_ms']),
  };
}

function parseHeaders(row: Row): Record<string, string> {
  try {
    return JSON.parse(String(row['headers']));
  } catch (cause) {
    throw new LogCorruptError(
      `event ${row['sequence']} of study ${row['study']} has headers that are no JSON: the log is damaged; put back a ` +
        'copy of it from before, or start anew',
      { cause },
    );
  }
}

/** Inside a read or a write: the event in a slot. */
export function selectEvent(database: SqliteDatabase, key: EventKey): LogEvent | undefined {
  const row = database
    .prepare(`SELECT ${EVENT_COLUMNS} FROM events WHERE study = ? AND episode = ? AND slot = ?`)
    .get(key.study, isEpisodeKey(key) ? key.episode : NO_EPISODE, key.slot);
  return row && toEvent(row);
}

/** Inside a write: puts an event into its slot unless the slot has one. */
export function insertEvent(
  database: SqliteDatabase,
  event: Pick<LogEvent, 'key' | 'payload' | 'headers' | 'timeMs'>,
): AppendResult {
  const { key } = event;
  const { changes } = database
    .prepare(
      `INSERT INTO events (study, episode, slot, payload, headers, time_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (study, episode, slot) DO NOTHING`,
    )
    .run(
      key.study,
      isEpisodeKey(key) ? key.episode : NO_EPISODE,
      key.slot,
      event.payload,
      JSON.stringify(event.headers),
      event.timeMs,
    );
  const standing = selectEvent(database, key);
  if (!standing) throw new Error('an event vanished inside its own transaction');
  return { status: changes === 1 ? 'appended' : 'exists', event: standing };
}

/** Inside a read: up to `limit` events of a study above `after`, in order. */
export function selectStudy(database: SqliteDatabase, study: string, after: number, limit: number): LogEvent[] {
  return database
    .prepare(`SELECT ${EVENT_COLUMNS} FROM events WHERE study = ? AND sequence > ? ORDER BY sequence LIMIT ?`)
    .all(study, after, limit)
    .map(toEvent);
}
