import { formatKey } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';
import type { JournalLog } from '../runs/journal.ts';

/** A log in memory: each slot is written once. */
export function createMemoryJournalLog(): JournalLog {
  const events = new Map<string, LogEvent>();
  return {
    async append(key, payload, headers = {}) {
      const place = formatKey(key);
      const known = events.get(place);
      if (known !== undefined) return { status: 'exists', event: known };
      const event = { key, payload, headers, sequence: events.size + 1, timeMs: 0 };
      events.set(place, event);
      return { status: 'appended', event };
    },
    read: async (key) => events.get(formatKey(key)),
    replay: async (study) => [...events.values()].filter(({ key }) => key.study === study),
  };
}
