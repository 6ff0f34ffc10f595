import { formatKey } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';

/** How long an event waits that was handed back. Unit: milliseconds. */
export interface BackoffOptions {
  /** After the first failure; doubles from there. Default 200. */
  readonly firstMs?: number;
  /** Default 15,000. */
  readonly longestMs?: number;
}

/** Failures of one event, as one worker saw them. */
interface FailureCounts {
  /** Not the event's own: a lost connection, a drain. */
  readonly infrastructure: number;
  /** What nobody can explain. */
  readonly unexplained: number;
}

/** What one worker remembers of the events that it handed back, until they are settled. */
export interface Backoff {
  /** Counts a failure and returns how long to wait for the next delivery, spread by ±25% so that events part. */
  failed(event: LogEvent, fault: keyof FailureCounts): number;
  counts(event: LogEvent): FailureCounts;
  forget(event: LogEvent): void;
}

/** Creates an empty memory. */
export function createBackoff({ firstMs = 200, longestMs = 15_000 }: BackoffOptions = {}): Backoff {
  const memory = new Map<string, { infrastructure: number; unexplained: number }>();
  return {
    failed(event, fault) {
      const name = formatKey(event.key);
      const counts = memory.get(name) ?? { infrastructure: 0, unexplained: 0 };
      const base = Math.min(longestMs, firstMs * 2 ** (counts.infrastructure + counts.unexplained));
      counts[fault] += 1;
      memory.set(name, counts);
      // Spread by what the event is, not by chance: the only source of random numbers is the seeded one.
      const spread = ((event.sequence * 2_654_435_761) % 1_000) / 1_000;
      return Math.round(base * (0.75 + spread / 2));
    },
    counts: (event) => memory.get(formatKey(event.key)) ?? { infrastructure: 0, unexplained: 0 },
    forget: (event) => void memory.delete(formatKey(event.key)),
  };
}
