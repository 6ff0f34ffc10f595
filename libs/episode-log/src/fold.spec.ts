import fc from 'fast-check';
import { type EventKey, formatKey, isEpisodeKey, SLOTS } from './event-key.ts';
import {
  EMPTY_STUDY,
  episodesInFlight,
  foldEvent,
  foldStudy,
  isEpisodeDone,
  nextSlots,
  type StudySlots,
} from './fold.ts';
import type { LogEvent } from './port.ts';

const arbitraryKey: fc.Arbitrary<EventKey> = fc.oneof(
  fc.record({ study: fc.constant('s'), episode: fc.nat(5), slot: fc.constantFrom(...SLOTS) }),
  fc.record({ study: fc.constant('s'), slot: fc.constantFrom('create', 'cancel', 'finish', 'draw-3-gan') }),
);

/** A log: each slot at most once, sequences growing with gaps. */
const arbitraryLog: fc.Arbitrary<LogEvent[]> = fc
  .uniqueArray(fc.record({ key: arbitraryKey, gap: fc.integer({ min: 1, max: 9 }) }), {
    selector: ({ key }) => formatKey(key),
  })
  .map((items) => {
    let sequence = 0;
    return items.map(({ key, gap }) => {
      sequence += gap;
      return { key, payload: new Uint8Array([sequence]), headers: {}, sequence, timeMs: sequence };
    });
  });

/** Every slot that stands, as plain pairs in a fixed order. */
function standing(state: StudySlots): [string, number][] {
  const events = [
    ...state.study.values(),
    ...[...state.episodes.values()].flatMap(({ slots }) => Object.values(slots)),
  ];
  return events.map(({ key, sequence }): [string, number] => [formatKey(key), sequence]).sort();
}

describe('foldStudy', () => {
  it('holds exactly the slots of the log, each with its event', () => {
    fc.assert(
      fc.property(arbitraryLog, (log) => {
        const expected = log.map(({ key, sequence }): [string, number] => [formatKey(key), sequence]).sort();
        expect(standing(foldStudy(log))).toEqual(expected);
        expect(foldStudy(log).lastSequence).toBe(log.at(-1)?.sequence ?? 0);
      }),
    );
  });

  it('comes to the same in any order, with any repetition, in any number of steps', () => {
    fc.assert(
      fc.property(
        arbitraryLog.chain((log) =>
          fc.tuple(
            fc.constant(log),
            fc.shuffledSubarray(log, { minLength: log.length }),
            fc.subarray(log),
            fc.nat(log.length),
          ),
        ),
        ([log, shuffled, again, cut]) => {
          const whole = standing(foldStudy(log));
          expect(standing(foldStudy([...shuffled, ...again]))).toEqual(whole);
          expect(standing(foldStudy(log.slice(cut), foldStudy(log.slice(0, cut))))).toEqual(whole);
          expect(standing(log.reduce(foldEvent, EMPTY_STUDY))).toEqual(whole);
        },
      ),
    );
  });

  it('does not change the state it starts from', () => {
    fc.assert(
      fc.property(arbitraryLog, fc.nat(), (log, seed) => {
        const from = foldStudy(log.slice(0, seed % (log.length + 1)));
        const before = standing(from);
        foldStudy(log, from);
        expect(standing(from)).toEqual(before);
        expect(EMPTY_STUDY.study.size + EMPTY_STUDY.episodes.size).toBe(0);
      }),
    );
  });
});

describe('nextSlots', () => {
  it('names only empty slots whose predecessors stand, and leads every episode to reward in five writes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 5, maxLength: 5 }), (choices) => {
        let state = foldStudy([]);
        const written: string[] = [];
        for (const choice of choices) {
          const episode = state.episodes.get(0) ?? { episode: 0, slots: {} };
          const open = nextSlots(episode);
          expect(open.length).toBeGreaterThan(0);
          const slot = open[choice % open.length];
          written.push(slot);
          const sequence = written.length;
          const key = { study: 's', episode: 0, slot };
          state = foldEvent(state, { key, payload: new Uint8Array(), headers: {}, sequence, timeMs: 0 });
        }
        expect([...written].sort()).toEqual([...SLOTS].sort());
        expect([written[0], written[1], written[4]]).toEqual(['propose', 'fit', 'reward']);
        const done = state.episodes.get(0) ?? { episode: 0, slots: {} };
        expect(isEpisodeDone(done)).toBe(true);
        expect(nextSlots(done)).toEqual([]);
        expect(episodesInFlight(state)).toEqual([]);
      }),
    );
  });

  it('names nothing once reward stands, whatever else is empty', () => {
    fc.assert(
      fc.property(arbitraryLog, (log) => {
        const state = foldStudy(log);
        const rewarded = new Set(log.flatMap(({ key }) => (key.slot === 'reward' ? [key.episode] : [])));
        const begun = new Set(log.flatMap(({ key }) => (isEpisodeKey(key) ? [key.episode] : [])));
        expect(episodesInFlight(state).map(({ episode }) => episode)).toEqual(
          [...begun].filter((episode) => !rewarded.has(episode)).sort((a, b) => a - b),
        );
      }),
    );
  });
});
