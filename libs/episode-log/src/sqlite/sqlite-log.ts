import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { assertConsumeOptions, assertDurableConsumer } from '../consume-options.ts';
import { LogClosedError } from '../errors.ts';
import { assertKey, assertStudy, type EventKey, formatKey, isSlot } from '../event-key.ts';
import { assertContent } from '../event-limits.ts';
import { createLatch } from '../latch.ts';
import { completeLogOptions, type LogOptions } from '../log-options.ts';
import type { EpisodeLog, LogEvent, WatchOptions } from '../port.ts';
import { identifySelf } from '../process-identity.ts';
import { consumeSqlite } from './sqlite-consume.ts';
import type { ConsumeContext } from './sqlite-context.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { insertEvent, selectEvent, selectStudy } from './sqlite-events.ts';
import { formatOwner, registerConsumer } from './sqlite-leases.ts';
import { selectLoad } from './sqlite-load.ts';
import { createNews } from './sqlite-news.ts';

/** Events per read of a replay or a watch, so that a long study does not block the event loop. */
const PAGE = 256;

/** Options of {@link openSqliteLog} besides {@link LogOptions}. */
export interface SqliteLogOptions extends LogOptions {
  /** The file; created, with its folders, when missing. Relative to the working directory. */
  readonly path: string;
  /** How often to poll for commits of other processes. Default: 5 ms. */
  readonly pollMs?: number;
  /** `normal` (default) survives killed processes but not a power failure; `full` survives both, at some 8,000/s. */
  readonly synchronous?: 'normal' | 'full';
  /** Milliseconds since the epoch. Default: the system's clock, which all processes of a machine share. */
  readonly now?: () => number;
}

/**
 * The embedded log: one SQLite file shared by all processes of one machine. Throws `LogUnusableError` where the file
 * cannot work (a network file system, another program's file) and `LogUnavailableError` when it stays locked.
 */
export async function openSqliteLog(options: SqliteLogOptions): Promise<EpisodeLog> {
  const complete = completeLogOptions(options);
  const now = options.now ?? Date.now;
  const database = await openSqliteDatabase({
    path: resolve(options.path),
    synchronous: options.synchronous ?? 'normal',
    unavailableAfterMs: complete.unavailableAfterMs,
  });
  const news = createNews(database, options.pollMs ?? 5);
  const self = identifySelf();
  const context: ConsumeContext = {
    database,
    news,
    options: complete,
    self,
    owner: formatOwner(self, randomUUID()),
    now,
  };
  const closing = new AbortController();
  const pending = new Set<Promise<unknown>>();

  const assertOpen = (): void => {
    if (closing.signal.aborted) throw new LogClosedError(`the log ${database.path} is closed`);
  };
  const track = async <T>(work: Promise<T>): Promise<T> => {
    pending.add(work);
    try {
      return await work;
    } finally {
      pending.delete(work);
    }
  };

  async function* follow(study: string, watch: WatchOptions): AsyncGenerator<LogEvent> {
    const stop = AbortSignal.any([watch.signal, closing.signal]);
    let after = watch.after ?? 0;
    while (!stop.aborted) {
      for (const event of await nextPage(study, after, stop)) {
        if (stop.aborted) return;
        after = event.sequence;
        yield event;
      }
    }
  }

  /** Waits for changes only when there is no event, so that a stopped iteration leaves no listener behind. */
  const nextPage = async (study: string, after: number, stop: AbortSignal): Promise<LogEvent[]> => {
    const latch = createLatch();
    const unsubscribe = news.subscribe(latch.set);
    stop.addEventListener('abort', latch.set);
    try {
      const events = await track(database.read(() => selectStudy(database, study, after, PAGE)));
      if (events.length === 0 && !stop.aborted) await latch.wait();
      return events;
    } finally {
      stop.removeEventListener('abort', latch.set);
      unsubscribe();
    }
  };

  return {
    address: { system: 'sqlite', placeOf: formatKey, placesOf: (slot) => (isSlot(slot) ? `*/*/${slot}` : `*/${slot}`) },
    async append(key: EventKey, payload, headers = {}) {
      assertOpen();
      assertKey(key);
      assertContent(payload, headers);
      const result = await track(database.write(() => insertEvent(database, { key, payload, headers, timeMs: now() })));
      if (result.status === 'appended') news.publish();
      return result;
    },
    async read(key) {
      assertOpen();
      assertKey(key);
      return track(database.read(() => selectEvent(database, key)));
    },
    async replay(study) {
      assertOpen();
      assertStudy(study);
      const events: LogEvent[] = [];
      for (;;) {
        const after = events.at(-1)?.sequence ?? 0;
        const page = await track(database.read(() => selectStudy(database, study, after, PAGE)));
        events.push(...page);
        if (page.length < PAGE) return events;
      }
    },
    watch(study, watch) {
      assertOpen();
      assertStudy(study);
      return follow(study, watch);
    },
    async consume(given, handler) {
      assertOpen();
      assertConsumeOptions(given);
      const signal = AbortSignal.any([given.signal, closing.signal]);
      await track(consumeSqlite(context, { ...given, signal }, handler));
    },
    async createConsumers(consumers) {
      assertOpen();
      consumers.forEach(assertDurableConsumer);
      await track(
        database.write(() => {
          for (const { consumer, slot } of consumers) registerConsumer(database, consumer, slot);
        }),
      );
    },
    async load(consumer) {
      assertOpen();
      return track(database.read(() => selectLoad(context, consumer)));
    },
    async studies() {
      assertOpen();
      return track(
        database.read(() =>
          database
            .prepare('SELECT DISTINCT study FROM events ORDER BY study')
            .all()
            .map((row) => String(row['study'])),
        ),
      );
    },
    async close() {
      closing.abort();
      await Promise.allSettled(pending);
      database.close();
    },
  };
}
