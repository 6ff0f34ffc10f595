import { deliver, type Lease } from './deliver.ts';
import { LogUnavailableError } from './errors.ts';
import { createLatch } from './latch.ts';
import type { CompleteLogOptions } from './log-options.ts';
import type { ConsumeOptions, Delivery } from './port.ts';
import type { ProcessIdentity } from './process-identity.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import {
  endLease,
  hasNext,
  isOwnerDead,
  lookAhead,
  registerConsumer,
  releaseOwner,
  renewLease,
  returnLease,
  type TakenLease,
  takeNext,
} from './sqlite-leases.ts';
import type { News } from './sqlite-news.ts';

/** How often the processes that hold leases are looked after, so that a killed one's events come again at once. */
const OWNER_CHECK_MS = 100;

/** What a consumption works on. */
export interface ConsumeContext {
  readonly database: SqliteDatabase;
  readonly news: News;
  readonly options: CompleteLogOptions;
  readonly self: ProcessIdentity;
  readonly owner: string;
  readonly now: () => number;
}

/** `EpisodeLog.consume` over SQLite: takes events one by one while there is room, and waits for news otherwise. */
export async function consumeSqlite(
  context: ConsumeContext,
  options: ConsumeOptions,
  handler: (delivery: Delivery) => Promise<void>,
): Promise<void> {
  const { database, news } = context;
  const { consumer, slot, signal } = options;
  await database.write(() => registerConsumer(database, consumer, slot));

  const latch = createLatch();
  const inFlight = new Set<Promise<void>>();
  const unsubscribe = news.subscribe(latch.set);
  signal.addEventListener('abort', latch.set);
  try {
    while (!signal.aborted) {
      const hasRoom = inFlight.size < options.maxInFlight;
      const taken = hasRoom ? await unlessUnavailable(context, () => take(context, consumer, slot)) : undefined;
      if (taken && signal.aborted) {
        await toLease(context, taken).nak(0);
      } else if (taken) {
        const running = deliver(toLease(context, taken), handler, context.options).then(() => {
          inFlight.delete(running);
          latch.set();
        });
        inFlight.add(running);
      } else {
        // Full: only a handler's end helps.
        const patience = hasRoom ? await unlessUnavailable(context, () => patienceMs(context, consumer)) : undefined;
        if (!signal.aborted) await latch.wait(patience);
      }
    }
  } finally {
    signal.removeEventListener('abort', latch.set);
    unsubscribe();
    await Promise.all(inFlight);
  }
}

/** A consumption outlives a locked file: it warns and looks again with the next news. */
async function unlessUnavailable<T>(context: ConsumeContext, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LogUnavailableError)) throw error;
    context.options.warn(error.message);
    return undefined;
  }
}

async function take(context: ConsumeContext, consumer: string, slot: string): Promise<TakenLease | undefined> {
  const { database, now, owner } = context;
  if (!(await database.read(() => hasNext(database, consumer, slot, now())))) return undefined;
  return database.write(() =>
    takeNext(database, { consumer, slot, owner, nowMs: now(), leaseMs: context.options.leaseMs }),
  );
}

/** Releases what dead processes held, and says how long to wait for news before looking again. */
async function patienceMs(context: ConsumeContext, consumer: string): Promise<number> {
  const { database, self } = context;
  const outlook = await database.read(() => lookAhead(database, consumer));
  const others = outlook.owners.filter((owner) => owner !== context.owner);
  const dead = others.filter((owner) => isOwnerDead(owner, self));
  if (dead.length > 0) {
    await database.write(() => {
      for (const owner of dead) releaseOwner(database, owner);
    });
    context.news.publish();
    return 0;
  }
  const untilDueMs = outlook.dueMs - context.now();
  return others.length > 0 ? Math.min(untilDueMs, OWNER_CHECK_MS) : untilDueMs;
}

function toLease(context: ConsumeContext, taken: TakenLease): Lease {
  const { database, news, now, options } = context;
  const settle = async (work: () => boolean): Promise<boolean> => {
    const done = await database.write(work);
    news.publish();
    return done;
  };
  const end = () => settle(() => endLease(database, taken));
  return {
    event: taken.event,
    attempt: taken.attempt,
    renew: () => database.write(() => renewLease(database, taken, now() + options.leaseMs)),
    ack: end,
    term: end,
    nak: (delayMs) => settle(() => returnLease(database, taken, now() + delayMs)),
  };
}
