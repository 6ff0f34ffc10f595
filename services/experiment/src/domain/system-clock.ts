import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** Longest time that one timer can take. Unit: milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The system's clock. */
export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  sleep: (ms, signal) => delay(Math.min(Math.max(0, ms), LONGEST_TIMER_MS), undefined, { signal }).catch(() => {}),
};
