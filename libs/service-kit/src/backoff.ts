import { formatKey } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';

/** First and longest delay of an event that was handed back. Unit: milliseconds. */
const FIRST_MS = 200;
const LONGEST_MS = 15_000;

/** What one worker remembers of the events that it handed back, until they are settled. */
export interface Backoff {
  /** Counts one fault that was not the event's own. */
  infrastructureFault(event: LogEvent): void;
  /** How many such faults this worker saw. */
  infrastructureFaults(event: LogEvent): number;
  /** How long to wait before the next delivery: doubles from 200 ms to 15 s, spread by ±25% so that events part. */
  delayMs(event: LogEvent): number;
  forget(event: LogEvent): void;
}

/** Creates an empty memory. */
export function createBackoff(): Backoff {
  const memory = new Map<string, { faults: number; returns: number }>();
  const of = (event: LogEvent) => {
    const name = formatKey(event.key);
    let entry = memory.get(name);
    if (entry === undefined) memory.set(name, (entry = { faults: 0, returns: 0 }));
    return entry;
  };
  return {
    infrastructureFault: (event) => void (of(event).faults += 1),
    infrastructureFaults: (event) => memory.get(formatKey(event.key))?.faults ?? 0,
    delayMs(event) {
      const entry = of(event);
      const base = Math.min(LONGEST_MS, FIRST_MS * 2 ** entry.returns);
      entry.returns += 1;
      // Spread by what the event is, not by chance: domain code has one source of random numbers, and this is none.
      const spread = ((event.sequence * 2_654_435_761) % 1_000) / 1_000;
      return Math.round(base * (0.75 + spread / 2));
    },
    forget: (event) => void memory.delete(formatKey(event.key)),
  };
}
