import { isEpisodeKey, SLOTS, type Slot } from './event-key.ts';
import type { LogEvent } from './port.ts';

/** Which slots of one episode stand. What stands in them (ok or failed) is the payload's matter, not the fold's. */
export interface EpisodeSlots {
  readonly episode: number;
  readonly slots: Readonly<Partial<Record<Slot, LogEvent>>>;
}

/** What the events of one study come to. A value: {@link foldEvent} returns a new one. */
export interface StudySlots {
  /** Study-level slots by name: `create`, `cancel` … */
  readonly study: ReadonlyMap<string, LogEvent>;
  readonly episodes: ReadonlyMap<number, EpisodeSlots>;
  /** The greatest sequence seen, 0 before the first: where a watch goes on. */
  readonly lastSequence: number;
}

/** Nothing has happened. */
export const EMPTY_STUDY: StudySlots = { study: new Map(), episodes: new Map(), lastSequence: 0 };

/** One more event. One whose slot stands already changes nothing there: the first to be folded stays. */
export function foldEvent(state: StudySlots, event: LogEvent): StudySlots {
  return foldStudy([event], state);
}

/**
 * All slots that `events` fill, on top of `from`. The result does not depend on the order of events of different slots,
 * and folding an event again changes nothing.
 */
export function foldStudy(events: Iterable<LogEvent>, from: StudySlots = EMPTY_STUDY): StudySlots {
  const study = new Map(from.study);
  const episodes = new Map(from.episodes);
  let { lastSequence } = from;
  for (const event of events) {
    const { key } = event;
    lastSequence = Math.max(lastSequence, event.sequence);
    if (!isEpisodeKey(key)) {
      if (!study.has(key.slot)) study.set(key.slot, event);
      continue;
    }
    const before = episodes.get(key.episode) ?? { episode: key.episode, slots: {} };
    if (before.slots[key.slot]) continue;
    episodes.set(key.episode, { episode: key.episode, slots: { ...before.slots, [key.slot]: event } });
  }
  return { study, episodes, lastSequence };
}

const FOLLOWS: Readonly<Record<Slot, readonly Slot[]>> = {
  propose: [],
  fit: ['propose'],
  assess: ['fit'],
  evaluate: ['fit'],
  reward: ['assess', 'evaluate'],
};

/** Whether nothing more will come of the episode: `reward` is the one terminal slot. */
export function isEpisodeDone(episode: EpisodeSlots): boolean {
  return episode.slots.reward !== undefined;
}

/**
 * The slots whose predecessors stand and that are empty themselves, in the order of `SLOTS`; none once the episode is
 * done. `reward` may be written sooner by the agent, when an episode fails.
 */
export function nextSlots(episode: EpisodeSlots): Slot[] {
  if (isEpisodeDone(episode)) return [];
  return SLOTS.filter((slot) => !episode.slots[slot] && FOLLOWS[slot].every((before) => episode.slots[before]));
}

/** Episodes that have begun and are not done, in order of their index. */
export function episodesInFlight(state: StudySlots): EpisodeSlots[] {
  return [...state.episodes.values()]
    .filter((episode) => !isEpisodeDone(episode))
    .sort((a, b) => a.episode - b.episode);
}
