import type { Logger } from '@qloom/service-kit/logger.ts';
import type { Clock } from '../retry/clock.ts';
import { retryDelayMs } from '../retry/retry-delay.ts';

/** Watches how long episodes have been in the hands of the other services. */
export interface EpisodeDeadlines {
  /** Says which episodes are in their hands now. An episode's time begins when it is first named. */
  watch(episodes: readonly number[]): void;
  /** Takes the timer back. */
  stop(): void;
}

/** What {@link createDeadlines} needs. */
export interface DeadlineOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly limitMs: number;
  /** Ends the episodes whose time is over. Called again, after a while, where it rejects. */
  readonly expire: (episodes: readonly number[]) => Promise<void>;
}

/**
 * Deadlines by the time that this process has waited, on a clock that nobody sets. Neither a study that was stopped for a
 * night, nor a machine that was suspended, nor a log whose clock differs from ours takes any of an episode's time.
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
