import type { DatabaseSync } from 'node:sqlite';

/** Value of `PRAGMA user_version`. */
export const SCHEMA_VERSION = 1;

/**
 * `events` is the log. `leases` holds, for each durable consumer, only the events that are out or wait for another
 * delivery: `due_ms` is when the event may be taken (again), the lease's expiry or the end of a nak's delay, and
 * `attempt` is a fencing token: a holder of an older number has lost the lease; `set_ms` is when `due_ms` was written,
 * by the same clock: a later one than now shows that the clock was set back since. `consumers.cursor` is the last event
 * taken for the first time; writers are serialized, so no event ever appears below it. `consumptions` has the processes that
 * consume at the moment: each renews `due_ms` while it does, and a later `due_ms` than now counts.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  study TEXT NOT NULL,
  episode INTEGER NOT NULL,
  slot TEXT NOT NULL,
  payload BLOB NOT NULL,
  headers TEXT NOT NULL,
  time_ms INTEGER NOT NULL,
  UNIQUE (study, episode, slot)
) STRICT;
CREATE INDEX IF NOT EXISTS events_by_slot ON events (slot, sequence);
CREATE INDEX IF NOT EXISTS events_by_study ON events (study, sequence);
CREATE TABLE IF NOT EXISTS consumers (
  name TEXT PRIMARY KEY,
  slot TEXT NOT NULL,
  cursor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (
  consumer TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  owner TEXT,
  set_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (consumer, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS consumptions (
  id TEXT PRIMARY KEY,
  consumer TEXT NOT NULL,
  owner TEXT NOT NULL,
  handlers INTEGER NOT NULL,
  due_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Adds tables and columns that a log of an earlier version of this schema lacks. Both versions can write it afterwards. */
export function addMissingParts(connection: DatabaseSync): void {
  connection.exec(SCHEMA);
  const has = connection.prepare("SELECT 1 FROM pragma_table_info('leases') WHERE name = 'set_ms'").get();
  if (!has) connection.exec('ALTER TABLE leases ADD COLUMN set_ms INTEGER NOT NULL DEFAULT 0');
}
