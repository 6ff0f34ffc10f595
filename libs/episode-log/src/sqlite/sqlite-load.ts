import { randomUUID } from 'node:crypto';
import type { ConsumerLoad } from '../port.ts';
import type { ConsumeContext } from './sqlite-context.ts';
import { isOwnerDead } from './sqlite-leases.ts';

/** How long a consumption counts after its last renewal, and how often it is renewed. Unit: milliseconds. */
const COUNTED_MS = 30_000;
const RENEWED_MS = COUNTED_MS / 3;

/** The handlers of one consumption, as other processes count them. */
export interface Announcement {
  /** Inside a write: starts to count them. */
  insert(): void;
  /** Stops to count them. */
  retire(): Promise<void>;
}

/**
 * Announces `handlers` of this process for `consumer`. Those of a killed process stop to be counted at once where its death can be
 * seen, otherwise after {@link COUNTED_MS}. Faults of the file are left to the consumption itself: they only delay the count.
 */
export function announceHandlers(context: ConsumeContext, consumer: string, handlers: number): Announcement {
  const { database, owner, now } = context;
  const id = randomUUID();
  let work: Promise<unknown> = Promise.resolve();
  let renewal: NodeJS.Timeout | undefined;
  const insert = (): void => {
    database
      .prepare('INSERT OR REPLACE INTO consumptions (id, consumer, owner, handlers, due_ms) VALUES (?, ?, ?, ?, ?)')
      .run(id, consumer, owner, handlers, now() + COUNTED_MS);
  };
  const write = (change: () => void): void => {
    work = database.write(change).catch(() => {});
  };
  return {
    insert() {
      // Rows that killed processes left.
      database.prepare('DELETE FROM consumptions WHERE due_ms <= ?').run(now());
      insert();
      renewal ??= setInterval(() => write(insert), RENEWED_MS);
    },
    async retire() {
      clearInterval(renewal);
      await work;
      if (renewal !== undefined) write(() => database.prepare('DELETE FROM consumptions WHERE id = ?').run(id));
      await work;
    },
  };
}

/** Inside a read: `EpisodeLog.load` over SQLite. */
export function selectLoad({ database, now, self }: ConsumeContext, consumer: string): ConsumerLoad {
  const count = (sql: string): number => Number(database.prepare(sql).get(consumer)?.['n']);
  const nowMs = now();
  // A row that is due later than it can be was written by a clock that has been set back since.
  const consuming = database
    .prepare('SELECT owner, handlers FROM consumptions WHERE consumer = ? AND due_ms > ? AND due_ms <= ?')
    .all(consumer, nowMs, nowMs + COUNTED_MS + 1_000)
    .filter((row) => !isOwnerDead(String(row['owner']), self));
  return {
    handlers: consuming.reduce((sum, row) => sum + Number(row['handlers']), 0),
    inFlight: count('SELECT count(*) AS n FROM leases WHERE consumer = ?'),
    waiting: count(
      `SELECT count(events.sequence) AS n FROM consumers JOIN events
       ON events.slot = consumers.slot AND events.sequence > consumers.cursor WHERE consumers.name = ?`,
    ),
  };
}
