import { setTimeout as sleep } from 'node:timers/promises';
import { deliver, type Lease } from '../deliver.ts';
import { LogUnavailableError } from '../errors.ts';
import { createLatch } from '../latch.ts';
import { jitteredMs, withLease } from '../log-options.ts';
import type { ConsumeOptions, Delivery } from '../port.ts';
import { reportTrouble } from '../trouble.ts';
import type { ConsumeContext } from './sqlite-context.ts';
import {
  endLease,
  followClock,
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
import { announceHandlers } from './sqlite-load.ts';

/** How often the processes that hold leases are checked, so that events of a killed one are redelivered at once. */
const OWNER_CHECK_MS = 100;
/** How long to wait before the next try where the file cannot be used for now, and how many tries make a warning. */
const PAUSE_MS = 500;
const WARN_EVERY = 20;

/** `EpisodeLog.consume` over SQLite: takes events one by one while there is room, and waits for news otherwise. */
export async function consumeSqlite(
  opened: ConsumeContext,
  options: ConsumeOptions,
  handler: (delivery: Delivery) => Promise<void>,
): Promise<void> {
  const context = { ...opened, options: withLease(opened.options, options.leaseMs) };
  const { database, news } = context;
  const { consumer, slot, signal } = options;
  const trouble = reportTrouble(options.onTrouble);
  const latch = createLatch();
  const inFlight = new Set<Promise<void>>();
  const unsubscribe = news.subscribe(latch.set);
  signal.addEventListener('abort', latch.set);
  const announcement = announceHandlers(context, consumer, options.maxInFlight);
  try {
    let isKnown = false;
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (!isKnown) {
          await database.write(() => {
            registerConsumer(database, consumer, slot);
            announcement.insert();
          });
        }
        isKnown = true;
        const hasRoom = inFlight.size < options.maxInFlight;
        const taken = hasRoom ? await take(context, consumer, slot) : undefined;
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
          const patience = hasRoom ? await patienceMs(context, consumer) : undefined;
          if (!signal.aborted) await latch.wait(patience);
        }
        failures = 0;
        trouble.clear();
      } catch (error) {
        // A consumption survives a locked file and a full disk.
        if (!(error instanceof LogUnavailableError)) throw error;
        trouble.note(error.message);
        if (failures++ % WARN_EVERY === 0) context.options.warn(`consumer ${consumer}: ${error.message}; trying again`);
        if (!signal.aborted) await pause(signal);
      }
    }
  } finally {
    signal.removeEventListener('abort', latch.set);
    unsubscribe();
    await announcement.retire();
    await Promise.all(inFlight);
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(jitteredMs(PAUSE_MS), undefined, { signal }).catch(() => undefined);
}

async function take(context: ConsumeContext, consumer: string, slot: string): Promise<TakenLease | undefined> {
  const { database, now, owner } = context;
  if (!(await database.read(() => hasNext(database, consumer, slot, now())))) return undefined;
  return database.write(() =>
    takeNext(database, { consumer, slot, owner, nowMs: now(), leaseMs: context.options.leaseMs }),
  );
}

/** Releases the leases of dead processes, and returns how long to wait for changes before the next check. */
async function patienceMs(context: ConsumeContext, consumer: string): Promise<number> {
  const { database, self } = context;
  const outlook = await database.read(() => lookAhead(database, consumer, context.now()));
  if (outlook.isAhead) {
    await database.write(() => followClock(database, context.now()));
    return 0;
  }
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
    renew: () => database.write(() => renewLease(database, taken, now(), options.leaseMs)),
    ack: end,
    term: end,
    nak: (delayMs) => settle(() => returnLease(database, taken, now(), delayMs)),
  };
}
