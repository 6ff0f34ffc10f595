import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { ACQUISITIONS, type AcquisitionName } from '../functions/acquisition-table.ts';
import { anyCandidates, anyCommittee } from '../testing/any-request.ts';
import { type BatchRequest, chooseBatch } from './choose-batch.ts';

const anyName = fc.constantFrom(...(Object.keys(ACQUISITIONS) as AcquisitionName[]));

const anyRequest: fc.Arbitrary<BatchRequest> = fc
  .tuple(
    anyCandidates,
    anyCommittee,
    fc.record({
      acquisition: anyName,
      count: fc.integer({ min: 0, max: 50 }),
      asked: fc.integer({ min: 0, max: 1000 }),
      randomShare: fc.constantFrom(undefined, 0, 0.5, 1),
      density: fc.constantFrom(undefined, 0, 2),
    }),
    fc.integer(),
  )
  .map(([candidates, committeeOf, rest, seed]) => ({
    ...rest,
    candidates,
    committee: committeeOf(candidates.count),
    random: createRandom(seed),
  }));

/** A pool on a line with a committee that is certain left of 0 and right of 10, and uncertain between. */
function line(count: number, of: Partial<BatchRequest> = {}): BatchRequest {
  const values = Float64Array.from({ length: count }, (_, i) => (20 * i) / count - 5);
  const probabilities = new Float64Array(2 * count);
  values.forEach((x, i) => {
    const p = Math.min(1, Math.max(0, x / 10));
    probabilities.set([1 - p, p], 2 * i);
  });
  return {
    acquisition: 'margin',
    candidates: { count, features: 1, values, labelled: new Float64Array(0), pending: new Float64Array(0) },
    committee: { members: 1, candidates: count, classes: 2, probabilities },
    count: 8,
    asked: 0,
    random: createRandom(1),
    ...of,
  };
}

describe('chooseBatch', () => {
  it('gives different candidates, as many as wanted where there are so many, the same each time', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const batch = chooseBatch(request);
        const { count } = request.candidates;
        expect(batch).toHaveLength(Math.min(request.count, count));
        expect(new Set(batch.map(({ row }) => row)).size).toBe(batch.length);
        expect(batch.every(({ row }) => row >= 0 && row < count)).toBe(true);
        expect(chooseBatch(request)).toEqual(batch);
      }),
    );
  });

  it('draws the stated share at random over batches of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        let [asked, randomly] = [0, 0];
        for (const count of sizes) {
          randomly += chooseBatch(line(40, { count, asked })).filter(({ chosenBy }) => chosenBy === 'random').length;
          asked += count;
        }
        expect(randomly).toBe(Math.floor(asked / 4));
      }),
    );
  });

  it('draws the random share uniformly from all candidates', () => {
    const counts = new Float64Array(10);
    const rounds = 1000;
    for (let seed = 0; seed < rounds; seed++) {
      const batch = chooseBatch(line(10, { count: 4, random: createRandom(seed) }));
      for (const { row, chosenBy } of batch) if (chosenBy === 'random') counts[row]++;
    }
    // Five standard errors of a count of 1,000 with probability 1/10.
    for (const count of counts) expect(Math.abs(count - rounds / 10)).toBeLessThan(5 * Math.sqrt(rounds * 0.1 * 0.9));
  });

  it('asks where the committee is uncertain, and not twice at one place', () => {
    const batch = chooseBatch(line(200, { randomShare: 0, count: 3 }));
    const places = batch.map(({ row }) => (20 * row) / 200 - 5);
    expect(places.every((x) => x > 0 && x < 10)).toBe(true);
    const gaps = places.toSorted((a, b) => a - b).map((x, i, all) => (i === 0 ? Infinity : x - all[i - 1]));
    expect(Math.min(...gaps)).toBeGreaterThan(1);
  });

  it('takes core-set in place of a function that needs a committee while there is none', () => {
    for (const acquisition of ['margin', 'core-set'] as const) {
      const batch = chooseBatch(line(40, { acquisition, committee: null, randomShare: 0, count: 3 }));
      expect(batch.map(({ chosenBy }) => chosenBy)).toEqual(['core-set', 'core-set', 'core-set']);
      // The middle, then the ends of the line.
      const [middle, ...ends] = batch.map(({ row }) => row);
      expect([19, 20]).toContain(middle);
      expect(ends.toSorted((a, b) => a - b)).toEqual([0, 39]);
    }
    const uniform = chooseBatch(line(40, { acquisition: 'random', committee: null }));
    expect(new Set(uniform.map(({ chosenBy }) => chosenBy))).toEqual(new Set(['random']));
  });

  it('prefers the cheaper of two candidates that are alike otherwise', () => {
    const request = line(2, { randomShare: 0, count: 1 });
    const committee = { members: 1, candidates: 2, classes: 2, probabilities: new Float64Array(4).fill(0.5) };
    for (const cheap of [0, 1]) {
      const costs = Float64Array.of(3, 3);
      costs[cheap] = 2;
      const [{ row, score }] = chooseBatch({ ...request, committee, candidates: { ...request.candidates, costs } });
      expect([row, score]).toEqual([cheap, 0.5]);
    }
  });

  it.each([
    ['a negative count', { count: -1 }, 'count: -1 is not a whole number of at least 0'],
    ['a count asked that is no whole number', { asked: 0.5 }, 'asked: 0.5 is not a whole number of at least 0'],
    ['a share above 1', { randomShare: 1.5 }, 'randomShare: 1.5 is not a number from 0 to 1'],
    ['a density that is no number', { density: Number.NaN }, 'density: NaN is not a finite number of at least 0'],
    ['a committee of other candidates', { committee: line(3).committee }, 'probabilities of 3 candidates; there are 5'],
    [
      'a price of 0',
      { candidates: { ...line(5).candidates, costs: Float64Array.of(1, 0, 1, 1, 1) } },
      'costs: 5 finite numbers above 0 are right',
    ],
    [
      'a pending point that is not finite',
      { candidates: { ...line(5).candidates, pending: Float64Array.of(Number.NaN) } },
      'a feature is not a finite number',
    ],
    [
      'another number of features',
      { candidates: { ...line(5).candidates, features: 2 } },
      '5 candidates of 2 features need 10',
    ],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => chooseBatch(line(5, wrong))).toThrow(message);
  });
});
