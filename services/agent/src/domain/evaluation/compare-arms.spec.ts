import { type ArmScores, compareArms, meanInterval, plainInterval, type Replicates } from './compare-arms.ts';
import type { TestScore } from './test-score.ts';

const FRESH: Replicates = { kind: 'fresh', test: 1000 };
const SPLITS: Replicates = { kind: 'splits', labels: 40, test: 40 };
const reference: ArmScores = { name: 'real-only', scores: [0.8, 0.7, 0.9, 0.8, 0.75, 0.85] };

const raised = (name: string, by: number): ArmScores => ({
  name,
  scores: reference.scores.map((score) => (score ?? 0) + by),
});

/** An arm that is right on the first `right` of 50 points of each of two classes, on every draw. */
function always(name: string, right: readonly number[], draws = 10): ArmScores {
  const test: TestScore = right.map((count) => Float64Array.from({ length: 50 }, (_, i) => (i < count ? 1 : 0)));
  const score = right.reduce((sum, count) => sum + count, 0) / 100;
  return { name, scores: new Array<number>(draws).fill(score), tests: new Array<TestScore>(draws).fill(test) };
}

const compared = (
  a: ArmScores,
  b: ArmScores,
  draws: Replicates,
  scale: Parameters<typeof compareArms>[3] = 'accuracy',
) => {
  const comparison = compareArms(a, [b], draws, scale, 's').get(b.name);
  if (comparison === undefined) throw new Error('not compared');
  return comparison;
};

describe('compareArms', () => {
  it('is paired: effects common to all arms of a draw do not widen the interval', () => {
    const apart = raised('a', 0.01);
    const mixed = { name: 'a', scores: [...apart.scores].reverse() };
    const width = (arm: ArmScores) => {
      const { low, high } = compared(reference, arm, FRESH).difference;
      return high - low;
    };
    expect(width(apart)).toBeLessThan(width(mixed));
  });

  it('does not treat equal differences as proof', () => {
    const { difference, pValue } = compared(reference, raised('a', 0.01), FRESH);
    // A gain of 10 points of 1,000, the same on six draws, of which 2 of 2⁶ sign patterns are as extreme.
    expect(difference.low).toBeLessThan(0);
    expect(difference.high).toBeGreaterThan(0.02);
    expect(pValue).toBeGreaterThan(2 / 64);
  });

  it('claims nothing from one test point more on all draws, and something from forty of a hundred', () => {
    const half = always('real-only', [25, 25]);
    const one = compared(half, always('a', [26, 25]), { kind: 'fresh', test: 100 });
    expect(one.difference.low).toBeLessThan(0);
    expect(one.pValue).toBeGreaterThan(0.05);
    const many = compared(half, always('a', [45, 45]), { kind: 'fresh', test: 100 });
    expect(many.difference.low).toBeGreaterThan(0.25);
    expect(many.pValue).toBeLessThan(0.01);
  });

  it.each([1, 2, 3, 4])('claims nothing from %i draws, and stays within 100 points', (draws) => {
    for (const relation of [
      { kind: 'fresh', test: 100 },
      { kind: 'splits', labels: 6, test: 1 },
    ] as const) {
      const { difference, pValueHolm } = compared(
        always('real-only', [0, 0], draws),
        always('a', [50, 0], draws),
        relation,
      );
      expect(pValueHolm).toBe(1);
      expect(difference.low).toBeGreaterThanOrEqual(-1);
      expect(difference.high).toBeLessThanOrEqual(1);
      expect(difference.level).toBe(draws === 1 ? 0 : 0.95);
    }
  });

  it('finds no difference between an arm and itself, with an interval that is not empty', () => {
    for (const relation of [FRESH, SPLITS]) {
      const { difference, pValue } = compared(reference, { ...reference, name: 'same' }, relation);
      expect(pValue).toBe(1);
      expect(difference.estimate).toBe(0);
      expect(difference.high).toBeGreaterThan(0);
    }
  });

  it('compares recalls class by class where accuracy is balanced', () => {
    // 95 points of class 0 and 5 of class 1: the arm answers 0 always, the reference is right on half of either class.
    const test = (zero: number, one: number): TestScore => [
      Float64Array.from({ length: 95 }, (_, i) => (i < zero ? 1 : 0)),
      Float64Array.from({ length: 5 }, (_, i) => (i < one ? 1 : 0)),
    ];
    const arm = (name: string, zero: number, one: number, of: 'accuracy' | 'balanced'): ArmScores => {
      const score = of === 'accuracy' ? (zero + one) / 100 : (zero / 95 + one / 5) / 2;
      return { name, scores: new Array<number>(10).fill(score), tests: new Array<TestScore>(10).fill(test(zero, one)) };
    };
    const relation: Replicates = { kind: 'fresh', test: 100 };
    const plain = compared(arm('real-only', 48, 3, 'accuracy'), arm('majority', 95, 0, 'accuracy'), relation);
    expect(plain.difference.low).toBeGreaterThan(0.2);
    const [a, b] = [arm('real-only', 48, 3, 'balanced'), arm('majority', 95, 0, 'balanced')];
    const balanced = compared(a, b, relation, 'balanced-accuracy');
    expect(balanced.difference.estimate).toBeCloseTo(0.5 - (48 / 95 + 3 / 5) / 2, 12);
    // Five points of class 1 give a wide interval.
    expect(balanced.difference.low).toBeLessThan(-0.2);
    expect(balanced.difference.high).toBeGreaterThan(0.1);
    expect(meanInterval(b, relation, 'balanced-accuracy').estimate).toBe(0.5);
  });

  it('corrects for the number of arms', () => {
    const arms = ['a', 'b', 'c'].map((name, k) => raised(name, 0.05 * (k + 1)));
    const compares = compareArms(reference, arms, FRESH, 'accuracy', 's');
    for (const { pValue, pValueHolm } of compares.values()) {
      expect(pValueHolm).toBeGreaterThanOrEqual(pValue);
      expect(pValueHolm).toBeLessThanOrEqual(3 * pValue + 1e-12);
    }
  });

  it('is more conservative for repeated splits of one file than for draws with their own test sets', () => {
    const noisy = { name: 'a', scores: reference.scores.map((score, i) => (score ?? 0) + 0.05 * (i - 1)) };
    const width = (draws: Replicates) => {
      const { low, high } = compared(reference, noisy, draws, 'unbounded').difference;
      return high - low;
    };
    expect(width(SPLITS)).toBeGreaterThan(width(FRESH));
  });

  it('leaves out draws without a score of an arm', () => {
    const part = { name: 'a', scores: raised('a', 0.1).scores.map((score, i) => (i === 2 ? null : score)) };
    expect(compared(reference, part, FRESH).difference.estimate).toBeCloseTo(0.1, 12);
    expect(meanInterval(part, FRESH, 'accuracy').estimate).toBeCloseTo((0.9 + 0.8 + 0.9 + 0.85 + 0.95) / 5, 12);
  });

  it('gives level 0 for losses that do not vary, whose error is unknown', () => {
    const { difference, pValue } = compared(reference, raised('a', 0.01), SPLITS, 'unbounded');
    expect(difference).toEqual({
      estimate: expect.closeTo(0.01, 12),
      low: difference.estimate,
      high: difference.estimate,
      level: 0,
    });
    expect(pValue).toBe(1);
    expect(plainInterval([0.5], FRESH)).toEqual({ estimate: 0.5, low: 0.5, high: 0.5, level: 0 });
  });
});

describe('meanInterval', () => {
  it('of a perfect accuracy is wider for a smaller test set, and stays within 100%', () => {
    const perfect = (draws: Replicates) =>
      meanInterval({ name: 'a', scores: new Array<number>(10).fill(1) }, draws, 'accuracy');
    expect(perfect({ kind: 'fresh', test: 10 })).toMatchObject({ estimate: 1, high: 1 });
    expect(perfect({ kind: 'fresh', test: 10 }).low).toBeLessThan(0.8);
    expect(perfect({ kind: 'fresh', test: 1000 }).low).toBeGreaterThan(0.99);
    expect(perfect({ kind: 'splits', labels: 40, test: 10 }).low).toBeLessThan(0.95);
  });
});
