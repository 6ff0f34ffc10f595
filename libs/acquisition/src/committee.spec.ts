import { type Committee, checkCommittee, expectedError, meanProbabilities } from './committee.ts';

const committee: Committee = {
  members: 2,
  candidates: 2,
  classes: 2,
  probabilities: Float64Array.of(1, 0, 0.5, 0.5, 0.5, 0.5, 0.1, 0.9),
};

describe('a committee', () => {
  it('has a mean and expects errors of itself', () => {
    expect([...meanProbabilities(committee)]).toEqual([0.75, 0.25, 0.3, 0.7].map((p) => expect.closeTo(p, 12)));
    expect(expectedError(committee)).toBeCloseTo((0.25 + 0.3) / 2, 12);
  });

  it('is refused where a shape is wrong or probabilities are none', () => {
    expect(() => checkCommittee(committee)).not.toThrow();
    expect(() => checkCommittee({ ...committee, candidates: 3 })).toThrow('8 probabilities; 2 members, 3 candidates');
    const wrong = (at: number, value: number) => {
      const probabilities = committee.probabilities.slice();
      probabilities[at] = value;
      return () => checkCommittee({ ...committee, probabilities });
    };
    expect(wrong(6, 0.2)).toThrow('member 1 gives candidate 1 probabilities that sum to 1.1');
    expect(wrong(0, Number.NaN)).toThrow('member 0 gives candidate 0 probabilities that sum to NaN');
    expect(wrong(1, -0.5)).toThrow('probabilities of at least 0 that sum to 1 are right');
  });
});
