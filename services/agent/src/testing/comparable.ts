import { StudyRecord } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { formatKey, isEpisodeKey } from '@qloom/episode-log/event-key.ts';
import type { LogEvent } from '@qloom/episode-log/port.ts';

/** Names of fields for times and durations, and of fields that depend on them. */
const TIMES = new Set(['time', 'startedAt', 'endedAt', 'seconds', 'attempt', 'createdAt', 'finishedAt']);

/** The contents of events, by key, without times: equal for two runs of the same study. */
export function comparable(events: readonly LogEvent[]): Record<string, unknown> {
  const entries = events.map((event): [string, unknown] => {
    const content = isEpisodeKey(event.key)
      ? SlotEvent.toJSON(SlotEvent.decode(event.payload))
      : StudyRecord.toJSON(StudyRecord.decode(event.payload));
    return [formatKey(event.key), withoutTimes(content)];
  });
  // The result's hash depends on times; its content is compared separately.
  return Object.fromEntries(entries.filter(([key]) => !key.endsWith('/finish')).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `value` without its times, JSON texts inside it parsed. */
export function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value === 'string' && value.startsWith('{')) return withoutTimes(JSON.parse(value));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, of]) => (TIMES.has(key) ? [] : [[key, withoutTimes(of)]])),
  );
}
