import { setTimeout as delay } from 'node:timers/promises';

/** A clock that is passed in. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a monotonic clock; only differences are meaningful. */
  elapsed(): number;
  /** Calls `wake` once after `ms`; returns a function that cancels it. */
  setTimer(ms: number, wake: () => void): () => void;
  /** Resolves after `ms`, or when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Maximum delay of a timer; longer delays set it repeatedly. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The system's clock. */
export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  setTimer(ms, wake) {
    const timer = setTimeout(wake, Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => {}),
};
