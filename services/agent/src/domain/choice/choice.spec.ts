import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import fc from 'fast-check';
import { alternativeScore } from './alternative.ts';
import { choiceFolds } from './choice-folds.ts';
import { CHOICE_RULES, choiceRuleOf } from './choice-table.ts';
import { differenceOf, type PairedScores } from './paired-scores.ts';

const utility = (lower: number) => ({
  value: lower + 0.1,
  standardError: 0.1,
  interval: [lower, lower + 0.2] as const,
  lossRealOnly: 1,
  lossAugmented: 0.9 - lower,
});

/** Shares of right predictions by class. */
const scores = (classifier: number[][], qnn: number[][], flexible = classifier): PairedScores => ({
  classifier: classifier.map((points) => Float64Array.from(points)),
  flexible: flexible.map((points) => Float64Array.from(points)),
  qnn: qnn.map((points) => Float64Array.from(points)),
});

describe('differenceOf', () => {
  it('is the difference of balanced accuracies, with an error that is paired by point', () => {
    // Classes of one and three points: recalls 1 and 1/3 against 0 and 1.
    const paired = scores([[1], [1, 0, 0]], [[0], [1, 1, 1]]);
    const difference = differenceOf(paired);
    expect(difference.classifier).toBeCloseTo(2 / 3, 12);
    expect(difference.qnn).toBeCloseTo(0.5, 12);
    // The same points wrong in both: only the resolution of the points is left.
    const same = differenceOf(scores([[1, 0, 1, 0]], [[1, 0, 1, 0]]));
    expect(same.standardError).toBeLessThan(differenceOf(scores([[1, 0, 1, 0]], [[0, 1, 0, 1]])).standardError);
  });
});

describe('rules', () => {
  const classifier = CHOICE_RULES.classifier;

  /** Shares of right predictions of `n` points in two classes, the same for all points. */
  const evidence = (n: number, shares: { classifier: number; qnn: number; flexible?: number }) => {
    const of = (share: number) => [0, 1].map(() => new Array<number>(n / 2).fill(share));
    const { classifier: own, qnn, flexible = own } = shares;
    return { utility: utility(-1), scores: scores(of(own), of(qnn), of(flexible)), dimension: null };
  };

  it('the classifier rule adds points where the classifier is at most one label below the QNN', () => {
    expect(classifier.adds(evidence(40, { classifier: 0.8, qnn: 0.7 }))).toBe(true);
    expect(classifier.adds(evidence(40, { classifier: 0.7, qnn: 0.7 }))).toBe(true);
    expect(classifier.adds(evidence(40, { classifier: 0.675, qnn: 0.7 }))).toBe(true);
    expect(classifier.adds(evidence(40, { classifier: 0.65, qnn: 0.7 }))).toBe(false);
    expect(classifier.adds({ utility: utility(1), scores: null, dimension: null })).toBe(false);
  });

  it('it adds none where a classifier without a density is far ahead, the less the more labels there are', () => {
    const ahead = (n: number, by: number) =>
      classifier.adds(evidence(n, { classifier: 0.7, qnn: 0.6, flexible: 0.7 + by }));
    expect([ahead(20, 0.12), ahead(20, 0.13)]).toEqual([true, false]);
    expect([ahead(80, 0.06), ahead(80, 0.07)]).toEqual([true, false]);
    expect(ahead(1000, 0.045)).toBe(false);
  });

  it('the dimension rule is the classifier rule, unless the labels have less than half the dimension of the prior', () => {
    const { dimension } = CHOICE_RULES;
    const speaksFor = evidence(40, { classifier: 0.8, qnn: 0.7 });
    const speaksAgainst = evidence(40, { classifier: 0.6, qnn: 0.7 });
    const withDimension = (labels: number, of = speaksFor) =>
      dimension.adds({ ...of, dimension: { labels, prior: 6 } });
    expect([withDimension(2.9), withDimension(3), withDimension(12)]).toEqual([false, true, true]);
    expect(dimension.adds(speaksFor)).toBe(true);
    expect([dimension.adds(speaksAgainst), withDimension(12, speaksAgainst)]).toEqual([false, false]);
    expect(classifier.adds({ ...speaksFor, dimension: { labels: 1, prior: 6 } })).toBe(true);
  });

  it('the dimension rule does not refuse the places of points that follow no density of a class', () => {
    const beside = { ...evidence(40, { classifier: 0.8, qnn: 0.7 }), dimension: { labels: 1, prior: 6 } };
    const { adds, isBeside } = CHOICE_RULES.dimension;
    const decisions = [undefined, true, false].map((isClassDensity) => adds({ ...beside, isClassDensity }));
    expect(decisions).toEqual([false, false, true]);
    expect([isBeside?.(beside.dimension), isBeside?.({ labels: 3, prior: 6 }), isBeside?.(null)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(CHOICE_RULES.classifier).not.toHaveProperty('isBeside');
  });

  it('a class with few points counts as much as the others', () => {
    const paired = scores([[1], [1, 1, 0, 0]], [[0], [1, 1, 1, 1]]);
    expect(classifier.adds({ utility: utility(0), scores: paired, dimension: null })).toBe(true);
  });

  it('the utility rule adds points where the lower bound of U is above 0, and is that of old studies', () => {
    expect(CHOICE_RULES.utility.adds({ utility: utility(0.01), scores: null, dimension: null })).toBe(true);
    expect(CHOICE_RULES.utility.adds({ utility: utility(-0.01), scores: null, dimension: null })).toBe(false);
    expect(choiceRuleOf('')).toBe(CHOICE_RULES.utility);
    expect(CHOICE_RULES.always.adds({ utility: utility(-1), scores: null, dimension: null })).toBe(true);
  });
});

describe('alternativeScore', () => {
  const of = (...classes: number[][]) => classes.map((points) => Float64Array.from(points));

  it('is ahead by more than one standard error of the paired difference', () => {
    // Two of four labels are right only with the points. Agresti and Min, by hand: m* = 4 + 2, variance (Σz² + 1 − (Σz)²/m*)/m*².
    const ahead = alternativeScore(of([1, 0], [0, 0]), of([1, 1], [1, 0]));
    expect(ahead.score).toBe(0.75);
    expect(ahead.standardError).toBeCloseTo(Math.sqrt((2 + 1 - 4 / 6) / 36), 12);
    expect(ahead.isAhead).toBe(true);
    // One of four: a difference of .25, and an error of the square root of (1 + 1 − 1/6)/36, .2257.
    expect(alternativeScore(of([1, 0], [0, 0]), of([1, 1], [0, 0])).isAhead).toBe(true);
    // One of two repeats: .125 against the square root of (.25 + 1 − .25/6)/36, .1832.
    expect(alternativeScore(of([1, 0], [0, 0]), of([1, 0.5], [0, 0])).isAhead).toBe(false);
  });

  it('is never ahead of itself, nor where it is behind', () => {
    const share = fc.float({ min: 0, max: 1, noNaN: true });
    const scores = fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(scores, scores, (first, second) => {
        const [low, high] = [0, 1].map((which) =>
          of(...[first, second].map((points) => points.map((pair) => [...pair].sort((a, b) => a - b)[which]))),
        );
        expect(alternativeScore(low, low).isAhead).toBe(false);
        expect(alternativeScore(high, low).isAhead).toBe(false);
      }),
    );
  });
});

describe('choiceFolds', () => {
  const labelsOf = (counts: number[]): Points => {
    const y = Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
    return { count: y.length, features: 1, classes: counts.length, y, x: Float32Array.from(y, (_, i) => i) };
  };
  const sizes = (counts: number[]) =>
    choiceFolds(labelsOf(counts), false, createRandom(1)).map((folds) => folds.length);

  it('is repeated while labels are few, so that a choice costs at most 20 trainings', () => {
    expect(sizes([10, 10])).toEqual([5, 5, 5, 5]);
    expect(sizes([40, 40])).toEqual([5, 5]);
    expect(sizes([500, 500])).toEqual([5]);
  });

  it('has as many folds as the smallest class has rows, and every row held out once a repeat', () => {
    expect(sizes([10, 3])).toEqual([3, 3, 3, 3]);
    for (const folds of choiceFolds(labelsOf([9, 6]), false, createRandom(2))) {
      const heldOut = folds.flatMap((fold) => fold.heldOut).sort((a, b) => a - b);
      expect(heldOut).toEqual(Array.from({ length: 15 }, (_, row) => row));
    }
    expect(() => sizes([10, 1])).toThrow('has 1 of 11 points');
  });

  it('keeps identical rows on one side', () => {
    const labels = labelsOf([8, 8]);
    const copies = { ...labels, x: Float32Array.from(labels.x, (value) => Math.floor(value / 2)) };
    for (const { heldOut } of choiceFolds(copies, true, createRandom(3)).flat()) {
      for (const row of heldOut) expect(heldOut).toContain(row ^ 1);
    }
  });
});
