import { setTimeout as delay } from 'node:timers/promises';

/** Time, handed in. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a clock that nobody sets: only differences mean something. */
  elapsed(): number;
  /** Calls `wake` once after `ms`; returns what takes it back. */
  setTimer(ms: number, wake: () => void): () => void;
  /** Resolves after `ms`, or when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Longest delay that a timer takes; it is set again after that. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** This machine's time. */
export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  setTimer(ms, wake) {
    const timer = setTimeout(wake, Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => {}),
};
