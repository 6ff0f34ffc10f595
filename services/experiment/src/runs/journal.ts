import type { EpisodeLog, LogEvent } from '@qloom/episode-log/port.ts';
import type { JournalEvent } from '../domain/ledger/event.ts';
import { createLedger, type Ledger } from '../domain/ledger/ledger.ts';
import { decodeJournalEvent, encodeJournalEvent } from './journal-codec.ts';

/** The part of the event log that a journal needs. */
export type JournalLog = Pick<EpisodeLog, 'append' | 'read' | 'replay'>;

/** The journal of a study's experiments, and the ledger that follows from it. */
export interface Journal {
  readonly ledger: Ledger;
  /** Reads the events that others have written since. */
  catchUp(): Promise<void>;
  /**
   * Writes the event that `decide` returns for the ledger of all events so far. Where another writer was faster, its event is
   * applied and `decide` is asked again; undefined writes nothing. Resolves to the event that was written, as the ledger has it. Appends of one
   * journal are made one after the other.
   */
  append<E extends JournalEvent>(decide: (ledger: Ledger) => E | undefined): Promise<E | undefined>;
}

/** Who writes, and when. */
export interface JournalOptions {
  /** Names this journal, and no other that writes to the log. */
  readonly owner: string;
  readonly now: () => number;
  /** Called after each event was applied. */
  readonly onEvent?: (event: JournalEvent) => void;
}

const SLOT = /^experiment-(\d+)$/;

/** Opens the journal of a study: replays it. */
export async function openJournal(log: JournalLog, study: string, options: JournalOptions): Promise<Journal> {
  const ledger = createLedger();
  let length = 0;
  let writes = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const key = () => ({ study, slot: `experiment-${length}` });
  /** Applies the event of the next slot. */
  const apply = ({ payload }: LogEvent): { readonly event: JournalEvent; readonly writer: string } => {
    const { event, writer } = decodeJournalEvent(payload, `${study}/experiment-${length}`);
    ledger.apply(event);
    length++;
    options.onEvent?.(event);
    return { event, writer };
  };
  /** One after the other: each decision is about all events before it. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  };

  const events = await log.replay(study);
  const slots = new Map(
    events.flatMap((event) => {
      const match = SLOT.exec(event.key.slot);
      return match === null ? [] : [[Number(match[1]), event] as const];
    }),
  );
  for (let event = slots.get(0); event !== undefined; event = slots.get(length)) apply(event);

  return {
    ledger,
    catchUp: () =>
      inTurn(async () => {
        for (let event = await log.read(key()); event !== undefined; event = await log.read(key())) apply(event);
      }),
    append: (decide) =>
      inTurn(async () => {
        for (;;) {
          const event = decide(ledger);
          if (event === undefined) return undefined;
          const writer = `${options.owner}/${writes++}`;
          const stored = await log.append(key(), encodeJournalEvent(event, writer, options.now()));
          const applied = apply(stored.event);
          // The object that the ledger has.
          if (applied.writer === writer) return applied.event as typeof event;
        }
      }),
  };
}
