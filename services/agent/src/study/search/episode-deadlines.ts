import type { Logger } from '@qloom/service-kit/logger.ts';
import type { Clock } from '../retry/clock.ts';
import { retryDelayMs } from '../retry/retry-delay.ts';

/** Watches how long other services have been working on episodes. */
export interface EpisodeDeadlines {
  /** Sets the episodes that other services currently work on. An episode's time begins when it is first named. */
  watch(episodes: readonly number[]): void;
  /** Cancels the timer. */
  stop(): void;
}

/** Dependencies of {@link createDeadlines}. */
export interface DeadlineOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly limitMs: number;
  /** Ends the episodes whose deadline has passed. Called again, after a delay, if it rejects. */
  readonly expire: (episodes: readonly number[]) => Promise<void>;
}

/**
 * Creates deadlines by the time that this process has waited, on a monotonic clock. A stopped study, a suspended
 * machine, or a log with a different clock does not use up an episode's time.
 */
export function createDeadlines({ clock, log, limitMs, expire }: DeadlineOptions): EpisodeDeadlines {
  const since = new Map<number, number>();
  let cancel = (): void => {};
  let faults = 0;

  const wake = async (): Promise<void> => {
    const overdue = [...since].flatMap(([episode, from]) => (from + limitMs <= clock.elapsed() ? [episode] : []));
    try {
      if (overdue.length > 0) await expire(overdue);
      faults = 0;
      for (const episode of overdue) since.delete(episode);
    } catch (error) {
      faults += 1;
      log.warn('a deadline could not be written; it is tried again', { episodes: overdue, error });
    }
    arm();
  };

  const arm = (): void => {
    cancel();
    if (since.size === 0) return;
    const due = Math.min(...since.values()) + limitMs - clock.elapsed();
    cancel = clock.setTimer(Math.max(due, faults === 0 ? 0 : retryDelayMs(faults)), () => void wake());
  };

  return {
    watch(episodes) {
      for (const episode of since.keys()) if (!episodes.includes(episode)) since.delete(episode);
      for (const episode of episodes) if (!since.has(episode)) since.set(episode, clock.elapsed());
      arm();
    },
    stop() {
      since.clear();
      cancel();
    },
  };
}
