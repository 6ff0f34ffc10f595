import fc from 'fast-check';
import { EpisodeMap } from './episode-map.ts';

const episode = fc.oneof(fc.nat(40), fc.nat(2000), fc.nat(2 ** 20));

describe('a map of episodes', () => {
  it('has the entries of a Map, in the order of the episodes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(episode, fc.integer())), (entries) => {
        const expected = new Map(entries);
        const map = entries.reduce((sum, [key, value]) => sum.with(key, value), EpisodeMap.empty<number>());
        expect(map.size).toBe(expected.size);
        expect([...map]).toEqual([...expected].sort(([a], [b]) => a - b));
        expect([...map.values()]).toEqual([...map].map(([, value]) => value));
        for (const key of [0, 31, 32, 1024, ...expected.keys()]) {
          expect([map.get(key), map.has(key)]).toEqual([expected.get(key), expected.has(key)]);
        }
      }),
    );
  });

  it('does not change when another is made from it', () => {
    fc.assert(
      fc.property(fc.array(episode), episode, (episodes, one) => {
        const before = episodes.reduce((sum, key) => sum.with(key, 'old'), EpisodeMap.empty<string>());
        const known = [...before];
        expect(before.with(one, 'new').get(one)).toBe('new');
        expect([...before]).toEqual(known);
      }),
    );
  });
});
