/** Goes into `PRAGMA user_version`. */
export const SCHEMA_VERSION = 1;

/**
 * `events` is the log. `leases` holds, for each durable consumer, only the events that are out or wait for another
 * delivery: `due_ms` is when the event may be taken (again), the lease's expiry or the end of a nak's delay, and
 * `attempt` fences: whoever holds an older number has lost. `consumers.cursor` is the last event taken for the first
 * time; writers are serialized, so no event ever appears below it.
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
  PRIMARY KEY (consumer, sequence)
) STRICT, WITHOUT ROWID;
`;
