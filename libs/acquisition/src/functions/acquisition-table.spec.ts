import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { anyCandidates, anyCommittee } from '../testing/any-request.ts';
import { ACQUISITIONS, type AcquisitionName } from './acquisition-table.ts';

const NAMES = Object.keys(ACQUISITIONS) as AcquisitionName[];
/** About 30 operations on numbers of at most ln 8, each rounded to 2⁻⁵³. */
const ROUNDING = 1e-13;

/** Scores of two classes' probabilities [members][candidates][classes] on candidates at 0, 1, 2, … of one feature. */
function scoresOf(
  name: AcquisitionName,
  byMember: readonly (readonly (readonly number[])[])[],
  labelled: number[] = [],
) {
  const count = byMember[0].length;
  return [
    ...ACQUISITIONS[name].score({
      committee: {
        members: byMember.length,
        candidates: count,
        classes: byMember[0][0].length,
        probabilities: Float64Array.from(byMember.flat(2)),
      },
      candidates: {
        count,
        features: 1,
        values: Float64Array.from({ length: count }, (_, i) => i),
        labelled: Float64Array.from(labelled),
        pending: new Float64Array(0),
      },
      random: createRandom(1),
    }),
  ];
}

describe.each(NAMES)('%s', (name) => {
  const { score } = ACQUISITIONS[name];

  it('gives every candidate a finite score of at least 0, the same each time', () => {
    fc.assert(
      fc.property(anyCandidates, anyCommittee, fc.integer(), (candidates, committeeOf, seed) => {
        const view = { candidates, committee: committeeOf(candidates.count), random: createRandom(seed) };
        const scores = score(view);
        expect(scores).toHaveLength(candidates.count);
        expect(scores.every((value) => value >= 0 && value < Infinity)).toBe(true);
        expect(score({ ...view, random: createRandom(seed) })).toEqual(scores);
      }),
    );
  });

  it('does not depend on the order of members or classes', () => {
    fc.assert(
      fc.property(anyCandidates, anyCommittee, (candidates, committeeOf) => {
        const committee = committeeOf(candidates.count);
        const { members, classes, probabilities } = committee;
        const turned = Float64Array.from(probabilities, (_, at) => {
          const member = Math.floor(at / (candidates.count * classes));
          const rest = at % (candidates.count * classes);
          const cell = rest - (rest % classes) + (classes - 1 - (rest % classes));
          return probabilities[(members - 1 - member) * candidates.count * classes + cell];
        });
        const view = { candidates, committee, random: createRandom(1) };
        const scores = score(view);
        const other = score({ ...view, committee: { ...committee, probabilities: turned }, random: createRandom(1) });
        scores.forEach((value, i) => {
          expect(Math.abs(value - other[i])).toBeLessThanOrEqual(ROUNDING);
        });
      }),
    );
  });
});

describe('values that are known', () => {
  const certain = [1, 0];
  const even = [0.5, 0.5];

  it('margin: 0 where certain, 1 where even, linear between', () => {
    expect(scoresOf('margin', [[certain, even, [0.7, 0.3]]])).toEqual([0, 1, expect.closeTo(0.6, 12)]);
  });

  it('entropy: −Σ p ln p of the mean, in nats', () => {
    // Python: -sum(p*log(p) for p in (.2, .3, .5))
    expect(scoresOf('entropy', [[[0.2, 0.3, 0.5]]])[0]).toBeCloseTo(1.0296530140645737, 12);
    expect(scoresOf('entropy', [[certain, even]])).toEqual([0, expect.closeTo(Math.LN2, 12)]);
  });

  it('bald: 0 where members agree, ln 2 where each is certain of another of two classes', () => {
    const [agree, disagree] = scoresOf('bald', [
      [even, [1, 0]],
      [even, [0, 1]],
    ]);
    expect(agree).toBe(0);
    expect(disagree).toBeCloseTo(Math.LN2, 12);
  });

  it('bald is the Jensen–Shannon divergence of two members', () => {
    // Python: k = lambda a, b: sum(x*log(x/y) for x, y in zip(a, b)); (k(p, m) + k(q, m))/2 with m = (p + q)/2
    expect(scoresOf('bald', [[[0.9, 0.1]], [[0.4, 0.6]]])[0]).toBeCloseTo(0.14839931883428015, 12);
  });

  it('core-set: distance to the nearest labelled point; near the centre first where there is none', () => {
    const committee = [[even, even, even, even, even]];
    expect(scoresOf('core-set', committee, [1, 4])).toEqual([1, 0, 1, 1, 0]);
    const first = scoresOf('core-set', committee);
    expect(first.indexOf(Math.max(...first))).toBe(2);
  });
});
