import { formatKey } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';

/** Delays before an event that was handed back is delivered again. Unit: milliseconds. */
export interface BackoffOptions {
  /** After the first failure; doubles from there. Default 200. */
  readonly firstMs?: number;
  /** Default 15,000. */
  readonly longestMs?: number;
}

/** Failures of one event in one worker. */
interface FailureCounts {
  /** Infrastructure faults: a lost connection, a drain. */
  readonly infrastructure: number;
  /** Unexplained errors. */
  readonly unexplained: number;
}

/** One worker's failure counts of the events that it handed back, until they are settled. */
export interface Backoff {
  /** Counts a failure and returns the delay before the next delivery, with a jitter of ±25%. */
  failed(event: LogEvent, fault: keyof FailureCounts): number;
  counts(event: LogEvent): FailureCounts;
  forget(event: LogEvent): void;
}

/** Creates an instance without failures. */
export function createBackoff({ firstMs = 200, longestMs = 15_000 }: BackoffOptions = {}): Backoff {
  const memory = new Map<string, { infrastructure: number; unexplained: number }>();
  return {
    failed(event, fault) {
      const name = formatKey(event.key);
      const counts = memory.get(name) ?? { infrastructure: 0, unexplained: 0 };
      const base = Math.min(longestMs, firstMs * 2 ** (counts.infrastructure + counts.unexplained));
      counts[fault] += 1;
      memory.set(name, counts);
      // The jitter is derived from the event, not drawn: the only source of random numbers is the seeded one.
      const spread = ((event.sequence * 2_654_435_761) % 1_000) / 1_000;
      return Math.round(base * (0.75 + spread / 2));
    },
    counts: (event) => memory.get(formatKey(event.key)) ?? { infrastructure: 0, unexplained: 0 },
    forget: (event) => void memory.delete(formatKey(event.key)),
  };
}
