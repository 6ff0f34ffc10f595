import { createMemoryLog } from '@qloom/testing/test-server.ts';
import type { Clock } from '../retry/clock.ts';
import { createDeadlines } from './episode-deadlines.ts';

/** A clock that advances only when the test calls it. */
function standingClock() {
  let elapsedMs = 0;
  let wallMs = 1_000_000;
  let timers: { readonly dueMs: number; readonly wake: () => void }[] = [];
  const clock: Clock = {
    now: () => wallMs,
    elapsed: () => elapsedMs,
    setTimer(ms, wake) {
      const timer = { dueMs: elapsedMs + ms, wake };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
  };
  return {
    clock,
    /** Advances the time, fires timers, and waits for the work that they start. */
    async pass(ms: number) {
      elapsedMs += ms;
      const due = timers.filter(({ dueMs }) => dueMs <= elapsedMs);
      timers = timers.filter(({ dueMs }) => dueMs > elapsedMs);
      for (const { wake } of due) wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
    setWallClock: (ms: number) => void (wallMs = ms),
    timers: () => timers.length,
  };
}

function watching(expire: (episodes: readonly number[]) => Promise<void> = async () => {}) {
  const time = standingClock();
  const expired: number[][] = [];
  const deadlines = createDeadlines({
    clock: time.clock,
    log: createMemoryLog().log,
    limitMs: 1000,
    expire: async (episodes) => {
      expired.push([...episodes]);
      await expire(episodes);
    },
  });
  return { ...time, deadlines, expired };
}

describe('a deadline', () => {
  it('ends an episode once its deadline has passed, counted from when it was first named', async () => {
    const { deadlines, expired, pass } = watching();
    deadlines.watch([4]);
    await pass(600);
    deadlines.watch([4, 5]);
    await pass(399);
    expect(expired).toEqual([]);
    await pass(1);
    expect(expired).toEqual([[4]]);
    await pass(600);
    expect(expired).toEqual([[4], [5]]);
  });

  it('forgets an episode that is no longer named', async () => {
    const { deadlines, expired, pass, timers } = watching();
    deadlines.watch([4]);
    deadlines.watch([]);
    await pass(5000);
    expect([expired, timers()]).toEqual([[], 0]);
  });

  it('does not depend on the time of day', async () => {
    const { deadlines, expired, pass, setWallClock } = watching();
    deadlines.watch([4]);
    setWallClock(9_000_000);
    await pass(999);
    deadlines.watch([4]);
    await pass(0);
    expect(expired).toEqual([]);
    setWallClock(0);
    await pass(1);
    expect(expired).toEqual([[4]]);
  });

  it('is written later if it could not be written', async () => {
    let faults = 0;
    const { deadlines, expired, pass } = watching(async () => {
      if (faults++ < 3) throw new Error('the log is away');
    });
    deadlines.watch([4]);
    for (let waited = 0; waited < 30_000; waited += 100) await pass(100);
    expect(expired).toEqual([[4], [4], [4], [4]]);
  });

  it('is cancelled when the study ends', async () => {
    const { deadlines, expired, pass } = watching();
    deadlines.watch([4]);
    deadlines.stop();
    await pass(5000);
    expect(expired).toEqual([]);
  });
});
