import fc from 'fast-check';
import { balancedAccuracyOf, isBalanced, packTestScore, recallsOf, unpackTestScore } from './test-score.ts';

const packed = (predictions: number[][], y: number[], classes: number) => {
  const score = packTestScore(predictions, y, classes);
  if (score === null) throw new Error('not packed');
  return score;
};

describe('a test score', () => {
  it('has recalls and balanced accuracy: answering with the larger of two classes scores a half', () => {
    const y = [...new Array<number>(95).fill(0), ...new Array<number>(5).fill(1)];
    const score = unpackTestScore(packed([y.map(() => 0)], y, 2));
    expect(recallsOf(score)).toEqual([1, 0]);
    expect(balancedAccuracyOf(score)).toBe(0.5);
  });

  it('is averaged over trainings, and leaves out a class without test points', () => {
    const score = unpackTestScore(
      packed(
        [
          [0, 2, 2],
          [0, 0, 0],
        ],
        [0, 2, 0],
        4,
      ),
    );
    expect(score.map((points) => [...points])).toEqual([[1, 0.5], [], [0.5], []]);
    expect(recallsOf(score)).toEqual([0.75, null, 0.5, null]);
    expect(balancedAccuracyOf(score)).toBe(0.625);
  });

  it('survives JSON, point by point', () => {
    const labels = fc.array(fc.nat(3), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(labels, fc.integer({ min: 1, max: 5 }), fc.infiniteStream(fc.nat(3)), (y, trainings, stream) => {
        const predictions = Array.from({ length: trainings }, () => y.map(() => stream.next().value as number));
        const score = unpackTestScore(JSON.parse(JSON.stringify(packed(predictions, y, 4))));
        const expected = [0, 1, 2, 3].map((label) =>
          y.flatMap((of, row) =>
            of === label ? [predictions.filter((each) => each[row] === label).length / trainings] : [],
          ),
        );
        score.forEach((points, label) => {
          // Sums of at most five fractions of the number of trainings.
          expect([...points]).toEqual(expected[label].map((share) => expect.closeTo(share, 12)));
        });
      }),
    );
  });

  it('is unknown if a training lacks a prediction for a point', () => {
    expect(packTestScore([[0, 1], null], [0, 1], 2)).toBeNull();
    expect(packTestScore([[0]], [0, 1], 2)).toBeNull();
    expect(packTestScore([], [0, 1], 2)).toBeNull();
  });

  it.each([
    [[334, 333, 333], true],
    [[10, 10], true],
    [[12, 10], false],
    [[95, 5], false],
    [[10, 0], false],
  ])('of test points %j is balanced: %s', (counts, expected) => {
    expect(isBalanced(counts)).toBe(expected);
  });
});
