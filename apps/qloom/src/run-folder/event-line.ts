/** An event as `events.jsonl` keeps it. */
interface KeptEvent {
  readonly sequence: number;
  /** When the log stored it, milliseconds since the Unix epoch. */
  readonly timeMs: number;
  readonly study: string;
  /** Absent for an event of the study itself. */
  readonly episode?: number;
  readonly slot: string;
  readonly headers: Readonly<Record<string, string>>;
  /** SlotEvent or StudyRecord as JSON. */
  readonly content: unknown;
}

/** The line of `events.jsonl` for an event, with its line feed. */
export function eventLine({ sequence, timeMs, study, episode, slot, headers, content }: KeptEvent): string {
  const time = new Date(timeMs).toISOString();
  const of = episode === undefined ? { study } : { study, episode };
  return `${JSON.stringify({ sequence, time, ...of, slot, headers, content })}\n`;
}
