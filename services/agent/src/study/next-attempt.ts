import type { Clock } from './retry/clock.ts';

let lastAttempt = 0;

/**
 * The number of an attempt at a fit. It must not decrease: it is the time in seconds since the epoch, which also
 * increases when this process is replaced; the last number is kept in case the clock is set back.
 */
export function nextAttempt(clock: Pick<Clock, 'now'>): number {
  lastAttempt = Math.max(lastAttempt, Math.floor(clock.now() / 1000));
  return lastAttempt;
}
