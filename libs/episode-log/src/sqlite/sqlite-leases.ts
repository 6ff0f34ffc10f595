import { ConsumerConflictError } from '../errors.ts';
import type { LogEvent } from '../port.ts';
import { isKnownDead, type ProcessIdentity } from '../process-identity.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { EVENT_COLUMNS, toEvent } from './sqlite-events.ts';

/** One event taken by one consumer. `attempt` and `owner` together identify the lease's holder. */
export interface TakenLease {
  readonly consumer: string;
  readonly event: LogEvent;
  readonly attempt: number;
  readonly owner: string;
}

/** Inside a write: registers the durable consumer. Throws `ConsumerConflictError` when it has another slot. */
export function registerConsumer(database: SqliteDatabase, name: string, slot: string): void {
  database
    .prepare('INSERT INTO consumers (name, slot, cursor) VALUES (?, ?, 0) ON CONFLICT DO NOTHING')
    .run(name, slot);
  const standing = database.prepare('SELECT slot FROM consumers WHERE name = ?').get(name)?.['slot'];
  if (standing !== slot) {
    throw new ConsumerConflictError(
      `consumer "${name}" follows slot "${standing}", not "${slot}": a durable consumer keeps its slot, use another name`,
    );
  }
}

/** Inside a read: whether {@link takeNext} would find something now. */
export function hasNext(database: SqliteDatabase, consumer: string, slot: string, nowMs: number): boolean {
  return (
    database.prepare('SELECT 1 FROM leases WHERE consumer = ? AND due_ms <= ? LIMIT 1').get(consumer, nowMs) !==
      undefined ||
    database
      .prepare(
        `SELECT 1 FROM events WHERE slot = ? AND sequence > (SELECT cursor FROM consumers WHERE name = ?) LIMIT 1`,
      )
      .get(slot, consumer) !== undefined
  );
}

/** Inside a write: takes the oldest event that is due, redeliveries first. */
export function takeNext(
  database: SqliteDatabase,
  take: { consumer: string; slot: string; owner: string; nowMs: number; leaseMs: number },
): TakenLease | undefined {
  const { consumer, owner } = take;
  const dueMs = take.nowMs + take.leaseMs;
  const again = database
    .prepare('SELECT sequence, attempt FROM leases WHERE consumer = ? AND due_ms <= ? ORDER BY sequence LIMIT 1')
    .get(consumer, take.nowMs);
  if (again) {
    const attempt = Number(again['attempt']) + 1;
    const sequence = Number(again['sequence']);
    database
      .prepare('UPDATE leases SET attempt = ?, due_ms = ?, set_ms = ?, owner = ? WHERE consumer = ? AND sequence = ?')
      .run(attempt, dueMs, take.nowMs, owner, consumer, sequence);
    const row = database.prepare(`SELECT ${EVENT_COLUMNS} FROM events WHERE sequence = ?`).get(sequence);
    return row && { consumer, event: toEvent(row), attempt, owner };
  }
  const fresh = database
    .prepare(
      `SELECT ${EVENT_COLUMNS} FROM events
       WHERE slot = ? AND sequence > (SELECT cursor FROM consumers WHERE name = ?) ORDER BY sequence LIMIT 1`,
    )
    .get(take.slot, consumer);
  if (!fresh) return undefined;
  const event = toEvent(fresh);
  database.prepare('UPDATE consumers SET cursor = ? WHERE name = ?').run(event.sequence, consumer);
  database
    .prepare('INSERT INTO leases (consumer, sequence, attempt, due_ms, set_ms, owner) VALUES (?, ?, 1, ?, ?, ?)')
    .run(consumer, event.sequence, dueMs, take.nowMs, owner);
  return { consumer, event, attempt: 1, owner };
}

const IF_OURS = 'WHERE consumer = ? AND sequence = ? AND attempt = ? AND owner = ?';

/** Inside a write: moves the expiry of a lease to `nowMs + leaseMs`. False when it is no longer ours. */
export function renewLease(database: SqliteDatabase, lease: TakenLease, nowMs: number, leaseMs: number): boolean {
  return (
    database
      .prepare(`UPDATE leases SET due_ms = ?, set_ms = ? ${IF_OURS}`)
      .run(nowMs + leaseMs, nowMs, lease.consumer, lease.event.sequence, lease.attempt, lease.owner).changes === 1
  );
}

/** Inside a write: returns the event, to be taken `delayMs` after `nowMs`. False when it is no longer ours. */
export function returnLease(database: SqliteDatabase, lease: TakenLease, nowMs: number, delayMs: number): boolean {
  return (
    database
      .prepare(`UPDATE leases SET due_ms = ?, set_ms = ?, owner = NULL ${IF_OURS}`)
      .run(nowMs + delayMs, nowMs, lease.consumer, lease.event.sequence, lease.attempt, lease.owner).changes === 1
  );
}

/** Inside a write: settles the event for good. False when it is no longer ours. */
export function endLease(database: SqliteDatabase, lease: TakenLease): boolean {
  return (
    database
      .prepare(`DELETE FROM leases ${IF_OURS}`)
      .run(lease.consumer, lease.event.sequence, lease.attempt, lease.owner).changes === 1
  );
}

/** What a consumer without a due event waits for, besides new events. */
export interface Outlook {
  /** Whether a time was written that has not come yet: the clock was set back. */
  readonly isAhead: boolean;
  /** When the next event becomes due, milliseconds since the epoch; infinite when none is out. */
  readonly dueMs: number;
  /** Whose leases are out. */
  readonly owners: readonly string[];
}

/** Processes of one machine share a clock; a smaller difference is a read before another's write. */
const AHEAD_MS = 1_000;

/** Inside a read: see {@link Outlook}. */
export function lookAhead(database: SqliteDatabase, consumer: string, nowMs: number): Outlook {
  const rows = database
    .prepare('SELECT owner, min(due_ms) AS due_ms, max(set_ms) AS set_ms FROM leases WHERE consumer = ? GROUP BY owner')
    .all(consumer);
  return {
    isAhead: rows.some((row) => Number(row['set_ms']) > nowMs + AHEAD_MS),
    dueMs: Math.min(...rows.map((row) => Number(row['due_ms']))),
    owners: rows.flatMap((row) => (row['owner'] === null ? [] : [String(row['owner'])])),
  };
}

/**
 * Inside a write: moves back every time that was written by a clock ahead of `nowMs`, so that a lease or a delay ends
 * after the time that it had left at most, not when the clock reaches that time again.
 */
export function followClock(database: SqliteDatabase, nowMs: number): void {
  database
    .prepare('UPDATE leases SET due_ms = due_ms - (set_ms - ?1), set_ms = ?1 WHERE set_ms > ?1 + ?2')
    .run(nowMs, AHEAD_MS);
}

/** A lease's owner: a process and one log opened in it. */
export function formatOwner(process: ProcessIdentity, instance: string): string {
  return JSON.stringify([process.world, process.pid, process.start, instance]);
}

/** Whether the process behind `owner` is known to be dead. */
export function isOwnerDead(owner: string, self: ProcessIdentity): boolean {
  const [world, pid, start] = JSON.parse(owner);
  return isKnownDead({ world, pid, start }, self);
}

/** Inside a write: makes everything due that a dead process held, for all consumers. */
export function releaseOwner(database: SqliteDatabase, owner: string): void {
  database.prepare('UPDATE leases SET due_ms = 0, owner = NULL WHERE owner = ?').run(owner);
}
