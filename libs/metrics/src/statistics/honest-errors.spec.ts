import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { claimOf, FEWEST_DRAWS } from './claim.ts';
import { meanOf } from './interval.ts';
import { ACCURACY_RANGE, DIFFERENCE_RANGE, freshDrawsTest } from './mean-test.ts';
import { correctedResampledTest, resampledMeanTest } from './nadeau-bengio.ts';
import { pairedPermutationTest } from './permutation-test.ts';
import {
  accuracyTestSetError,
  independentTestSetError,
  leastPairedTestSetError,
  pairedTestSetError,
} from './test-set-error.ts';

/** Two classifiers that are right with the given probabilities, on `draws` trainings and one test set of `points`. */
interface World {
  readonly draws: number;
  readonly points: number;
  readonly accuracies: readonly [number, number];
  /** Share of test points whose outcome depends on the point and not on the training. */
  readonly settled: number;
}

/** Differences of each draw, accuracies of the first classifier, and mean difference of each test point. */
function experiment({ draws, points, accuracies, settled }: World, seed: string) {
  const random = createRandom(seed);
  const outcomes = accuracies.map((accuracy) => {
    const fixed = Array.from({ length: points }, () => (random.uniform() < settled ? random.uniform() : null));
    return Array.from({ length: draws }, () => fixed.map((u) => ((u ?? random.uniform()) < accuracy ? 1 : 0)));
  });
  const [first, second] = outcomes;
  const of = (rows: readonly number[][]) => rows.map((row) => meanOf(row));
  return {
    differences: of(first).map((accuracy, d) => accuracy - meanOf(second[d])),
    accuracies: of(first),
    perPoint: Array.from({ length: points }, (_, i) => meanOf(first.map((row, d) => row[i] - second[d][i]))),
  };
}

const REPEATS = 300;
/** A share of REPEATS with the expectation `share` is above this but for one case in 1,000. */
const least = (share: number): number => share - 3.1 * Math.sqrt((share * (1 - share)) / REPEATS);

describe('intervals of accuracies on one test set', () => {
  const worlds: World[] = [2, 5, 10].flatMap((draws) =>
    [1, 10, 60].flatMap((points) =>
      [0.5, 1].map((settled): World => ({ draws, points, accuracies: [0.8, 0.8], settled })),
    ),
  );
  worlds.push({ draws: 10, points: 10, accuracies: [0.9, 0.6], settled: 0.8 });
  worlds.push({ draws: 5, points: 300, accuracies: [0.97, 0.97], settled: 1 });

  it.each(worlds)('cover the truth in 95 of 100 cases and make a false claim in at most 5: %j', (world) => {
    const [first, second] = world.accuracies;
    const truth = first - second;
    const counts = { paired: 0, independent: 0, accuracy: 0, claims: 0 };
    for (let r = 0; r < REPEATS; r++) {
      const { differences, accuracies, perPoint } = experiment(world, JSON.stringify([world, r]));
      const mean = meanOf(accuracies);
      const paired = freshDrawsTest(differences, pairedTestSetError([perPoint]), { range: DIFFERENCE_RANGE });
      const alone = independentTestSetError(mean, mean - meanOf(differences), world.points);
      const independent = freshDrawsTest(differences, alone, { range: DIFFERENCE_RANGE });
      const shares = [{ points: world.points, share: mean }];
      const accuracy = freshDrawsTest(accuracies, accuracyTestSetError(shares), { range: ACCURACY_RANGE });
      if (paired.low <= truth && truth <= paired.high) counts.paired++;
      if (independent.low <= truth && truth <= independent.high) counts.independent++;
      if (accuracy.low <= first && first <= accuracy.high) counts.accuracy++;
      const pValue = Math.max(paired.pValue, pairedPermutationTest(differences).pValue);
      if (claimOf({ ...paired, pValue, draws: world.draws }) === (truth === 0 ? 'higher' : 'lower')) counts.claims++;
    }
    for (const name of ['paired', 'independent', 'accuracy'] as const) {
      expect(counts[name] / REPEATS).toBeGreaterThanOrEqual(least(0.95));
    }
    // One direction of two.
    expect(counts.claims / REPEATS).toBeLessThanOrEqual(1 - least(0.975));
  });
});

describe('intervals over repeated splits of one file', () => {
  /** A file of rows on which the first classifier is right where the second is not (1), or the other way round (−1). */
  const file = (rows: number, seed: string): number[] => {
    const random = createRandom(seed);
    return Array.from({ length: rows }, () => (random.uniform() < 0.3 ? (random.uniform() < 0.5 ? 1 : -1) : 0));
  };

  it.each([
    [2, 1],
    [5, 1],
    [5, 4],
    [10, 2],
    [10, 20],
  ])('cover the difference on the whole file in 95 of 100 cases: %i splits, %i test rows', (draws, testRows) => {
    let covered = 0;
    let claims = 0;
    for (let r = 0; r < REPEATS; r++) {
      const random = createRandom(`splits/${draws}/${testRows}/${r}`);
      const rows = file(100, `file/${r}`);
      const truth = meanOf(rows);
      const differences = Array.from({ length: draws }, () => meanOf(random.shuffle([...rows]).slice(0, testRows)));
      const { low, high, pValue } = correctedResampledTest(differences, { trainingRows: 100 - testRows, testRows });
      if (low <= truth && truth <= high) covered++;
      if (pValue < 0.05) claims++;
    }
    expect(covered / REPEATS).toBeGreaterThanOrEqual(least(0.95));
    expect(claims / REPEATS).toBeLessThanOrEqual(1 - least(0.95));
  });
});

describe('correctedResampledTest', () => {
  const split = (testRows: number, trainingRows = 4 * testRows) => ({ trainingRows, testRows });

  it('claims nothing from two equal differences, nor from any two', () => {
    for (const testRows of [1, 6, 1000]) {
      const { low, high, pValue } = correctedResampledTest([1 / 6, 1 / 6], split(testRows));
      expect(pValue).toBe(1);
      expect(low).toBeLessThan(testRows < 1000 ? 0 : 1 / 6);
      expect(high).toBeGreaterThan(1 / 6);
    }
    expect(correctedResampledTest([1, 1], split(1)).pValue).toBe(1);
  });

  it('has no interval of one difference, and p = 1 where all are 0', () => {
    expect(correctedResampledTest([0.5], split(6))).toMatchObject({ low: 0.5, high: 0.5, level: 0, pValue: 1 });
    const none = correctedResampledTest(new Array<number>(10).fill(0), split(50));
    expect(none.pValue).toBe(1);
    expect(none.high).toBeGreaterThan(0);
    expect(none.low).toBeCloseTo(-none.high, 12);
    expect(() => correctedResampledTest([], split(6))).toThrow('0 differences; give at least 1');
  });

  it('claims nothing from one test row a draw, and something from ten equal differences on many', () => {
    expect(correctedResampledTest(new Array<number>(10).fill(1), split(1)).low).toBeLessThan(1);
    const ten = new Array<number>(10).fill(0.05);
    expect(correctedResampledTest(ten, split(4)).pValue).toBeGreaterThan(0.05);
    const many = correctedResampledTest(ten, split(1000));
    expect(many.pValue).toBeLessThan(0.001);
    expect(many.low).toBeGreaterThan(0.03);
  });

  it('never leaves the range of a difference', () => {
    const wild = correctedResampledTest([-0.4, 1], split(5));
    expect([wild.low, wild.high]).toEqual([-1, 1]);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 200 }),
        (counts, trainingRows) => {
          const found = correctedResampledTest(
            counts.map((count) => count / 8),
            { trainingRows, testRows: 8 },
          );
          expect(found.low).toBeGreaterThanOrEqual(-1);
          expect(found.high).toBeLessThanOrEqual(1);
          expect(found.low).toBeLessThanOrEqual(found.estimate);
          expect(found.high).toBeGreaterThanOrEqual(found.estimate);
          if (counts.length > 1) expect(found.high).toBeGreaterThan(found.low);
          if (counts.length < FEWEST_DRAWS) expect(found.pValue).toBe(1);
        },
      ),
    );
  });

  it('claims nothing of values without a resolution that do not vary, up to rounding', () => {
    // .1 + .2 and .3 differ in the last bit.
    for (const values of [new Array<number>(10).fill(0.3), [0.3, 0.1 + 0.2, 0.3, 0.3, 0.3, 0.3]]) {
      expect(resampledMeanTest(values, split(100), 0)).toMatchObject({ level: 0, pValue: 1 });
      expect(freshDrawsTest(values, null)).toMatchObject({ level: 0, pValue: 1 });
    }
  });
});

describe('freshDrawsTest', () => {
  it("is Student's where every draw has a test set of its own", () => {
    // stats.ttest_1samp([.03, .02, -.01, .08, .1, .02], 0): statistic, pvalue, confidence_interval()
    const found = freshDrawsTest([0.03, 0.02, -0.01, 0.08, 0.1, 0.02], null);
    // Mean .04 and s² = .00172, so that the error is √(.00172/6); stats.t.ppf(.975, 5) is 2.5705818.
    const error = Math.sqrt(0.00172 / 6);
    expect(found.freedom).toBeCloseTo(5, 9);
    expect(found.t).toBeCloseTo(0.04 / error, 9);
    expect(found.low).toBeCloseTo(0.04 - 2.5705818356 * error, 9);
  });

  it('claims nothing from ten draws that agree on one test point more, and something from fifty more of 1,000', () => {
    const agreeing = (points: number, more: number) => {
      const perPoint = Array.from({ length: points }, (_, i) => (i < more ? 1 : 0));
      const differences = new Array<number>(10).fill(more / points);
      return freshDrawsTest(differences, pairedTestSetError([perPoint]), { range: DIFFERENCE_RANGE });
    };
    expect(agreeing(10, 1).pValue).toBeGreaterThan(0.05);
    expect(agreeing(10, 1).low).toBeLessThan(0);
    expect(agreeing(1, 1)).toMatchObject({ estimate: 1, high: 1 });
    expect(agreeing(1, 1).low).toBeLessThan(0);
    expect(agreeing(1000, 50).pValue).toBeLessThan(0.001);
    expect(agreeing(1000, 50).low).toBeGreaterThan(0.03);
  });

  it('contains its estimate, within the range, whatever the points', () => {
    const difference = fc.constantFrom(-1, -0.5, 0, 0.5, 1);
    const points = fc.array(difference, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 12 }), (perPoint, draws) => {
        const mean = meanOf(perPoint);
        const { low, high, level } = freshDrawsTest(
          new Array<number>(draws).fill(mean),
          pairedTestSetError([perPoint]),
          {
            range: DIFFERENCE_RANGE,
          },
        );
        expect(low).toBeGreaterThanOrEqual(-1);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(mean);
        expect(high).toBeGreaterThanOrEqual(mean);
        expect(level).toBe(draws === 1 ? 0 : 0.95);
        if (draws > 1) expect(high).toBeGreaterThan(low);
      }),
    );
  });
});

describe('errors of a test set', () => {
  it('are those of Agresti and Min, and of Agresti and Coull', () => {
    // Agresti and Min, 2005, eq. for N* = n + 2 with b* = b + ½ and c* = c + ½: here b = 3, c = 1, n = 20.
    const z = [1, 1, 1, -1, ...new Array<number>(16).fill(0)];
    const { centre, variance } = pairedTestSetError([z]);
    expect(centre).toBeCloseTo(2 / 22, 12);
    expect(variance).toBeCloseTo((3.5 + 1.5 - 2 ** 2 / 22) / 22 ** 2, 12);
    expect(leastPairedTestSetError(2 / 20, 20).variance).toBeLessThan(variance);
    const coull = accuracyTestSetError([{ points: 16, share: 1 }]);
    expect([coull.centre, coull.variance]).toEqual([18 / 20, expect.closeTo((0.9 * 0.1) / 20, 12)]);
  });

  it('average classes with equal weight', () => {
    const [many, few] = [new Array<number>(95).fill(0), [1, 0, 0, 1, 0]];
    const balanced = pairedTestSetError([many, few]);
    expect(balanced.centre).toBeCloseTo((0 + 2 / 6) / 2, 12);
    expect(balanced.variance).toBeCloseTo((0.5 / 96 ** 2 + (2 + 0.5 - 4 / 6) / 36) / 4, 12);
    expect(balanced.freedom).toBeGreaterThan(4);
    expect(balanced.freedom).toBeLessThan(96 + 6);
  });

  it('are the same for classes of equal size as for all points together', () => {
    const none = new Array<number>(50).fill(0);
    const [apart, together] = [pairedTestSetError([none, none]), pairedTestSetError([[...none, ...none]])];
    expect(apart.centre).toBe(together.centre);
    expect(apart.variance).toBeCloseTo(together.variance, 15);
    const halves = accuracyTestSetError([0.9, 0.9].map((share) => ({ points: 50, share })));
    const whole = accuracyTestSetError([{ points: 100, share: 0.9 }]);
    expect(halves.centre).toBeCloseTo(whole.centre, 12);
    expect(halves.variance).toBeCloseTo(whole.variance, 12);
  });

  it('of balanced accuracy cover the truth with few points of a small class', () => {
    const random = createRandom('small class');
    let covered = 0;
    for (let r = 0; r < REPEATS; r++) {
      // Two classifiers with the same recall of .7, on 40 points of one class and 4 of the other, ten draws alike.
      const classes = [40, 4].map((points) =>
        Array.from({ length: points }, () => (random.uniform() < 0.7 ? 1 : 0) - (random.uniform() < 0.7 ? 1 : 0)),
      );
      const difference = meanOf(classes.map((z) => meanOf(z)));
      const draws = new Array<number>(10).fill(difference);
      const { low, high } = freshDrawsTest(draws, pairedTestSetError(classes), { range: DIFFERENCE_RANGE });
      if (low <= 0 && 0 <= high) covered++;
    }
    expect(covered / REPEATS).toBeGreaterThanOrEqual(least(0.95));
  });
});

describe('claimOf', () => {
  const sure = { low: 0.01, high: 0.03, level: 0.95, pValue: 0.001, draws: 10 };

  it('requires enough draws, an interval without 0, and the corrected test', () => {
    expect(claimOf(sure)).toBe('higher');
    expect(claimOf({ ...sure, low: -0.03, high: -0.01 })).toBe('lower');
    expect(claimOf({ ...sure, pValue: 0.05 })).toBe('higher-unconfirmed');
    expect(claimOf({ ...sure, low: -0.03, high: -0.01, pValue: 0.2 })).toBe('lower-unconfirmed');
    expect(claimOf({ ...sure, low: 0 })).toBe('undecided');
    expect(claimOf({ ...sure, level: 0 })).toBe('undecided');
    expect(claimOf({ ...sure, draws: FEWEST_DRAWS - 1 })).toBe('too-few-draws');
  });
});
