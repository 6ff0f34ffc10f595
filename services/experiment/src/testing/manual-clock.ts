import type { Clock } from '../domain/clock.ts';

/** A clock that a test moves. */
export interface ManualClock extends Clock {
  /** Moves time on and wakes who sleeps until then. */
  advance(ms: number): void;
  /** When the next sleeper wakes, from now; undefined if nobody sleeps. Unit: milliseconds. */
  next(): number | undefined;
}

/** Creates a clock that stands at `startMs`. */
export function createManualClock(startMs = 1_764_547_200_000): ManualClock {
  // Whole milliseconds, so that no time is too short to pass.
  let now = startMs;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    now: () => now,
    elapsed: () => now - startMs,
    sleep(ms, signal) {
      if (signal.aborted) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const sleeper = { until: now + Math.ceil(ms), wake: () => resolve() };
      sleepers.add(sleeper);
      signal.addEventListener('abort', sleeper.wake, { once: true });
      return promise.finally(() => {
        sleepers.delete(sleeper);
        signal.removeEventListener('abort', sleeper.wake);
      });
    },
    advance(ms) {
      now += Math.ceil(ms);
      for (const { until, wake } of sleepers) if (until <= now) wake();
    },
    next() {
      const times = [...sleepers].map(({ until }) => until - now);
      return times.length === 0 ? undefined : Math.max(0, Math.min(...times));
    },
  };
}

/** Moves the clock from one sleeper to the next until `work` is done; `settled` waits for what no sleeper stands for. */
export async function untilDone<T>(
  work: Promise<T>,
  clock: ManualClock,
  settled: () => Promise<void> = async () => {},
): Promise<T> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  done.catch(() => {});
  for (let idle = 0; !isDone; ) {
    // All that is due at this time, and what follows from it.
    for (let turn = 0; turn < 4; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      await settled();
    }
    const next = clock.next();
    if (next !== undefined) clock.advance(next);
    idle = next === undefined ? idle + 1 : 0;
    if (idle > 1000) throw new Error('nothing is left to wait for, and the run has not ended');
  }
  return done;
}
