import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { quantile, scaledMad } from '../percentile.ts';
import { holmAdjust } from './holm.ts';
import { interquartileMean } from './interquartile-mean.ts';
import { correctedResampledTest } from './nadeau-bengio.ts';
import { testNonInferiority } from './non-inferiority.ts';
import { pairedPermutationTest } from './permutation-test.ts';
import { ranksOf, spearman, spearmanInterval } from './rank-correlation.ts';
import { studentCdf, studentQuantile } from './student-t.ts';
import { leastPairedTestSetError } from './test-set-error.ts';

const X = [0.61, 0.72, 0.55, 0.8, 0.68, 0.77, 0.59, 0.66, 0.9, 0.71];
const Y = [0.58, 0.7, 0.57, 0.71, 0.6, 0.75, 0.61, 0.6, 0.79, 0.7];
const D = X.map((x, i) => x - Y[i]);

describe('pairedPermutationTest', () => {
  it('agrees with scipy where all patterns are counted', () => {
    // scipy.stats.permutation_test((D,), np.mean, permutation_type='samples', n_resamples=np.inf, alternative=…)
    expect(pairedPermutationTest(D)).toMatchObject({ pValue: 0.03515625, exact: true });
    expect(pairedPermutationTest(D, { alternative: 'greater' }).pValue).toBe(0.017578125);
  });

  it('comes near the exact value by resampling, and is 1 for no difference', () => {
    const twice = [...D, ...D];
    const { pValue, exact } = pairedPermutationTest(twice, { seed: 1, resamples: 20_000 });
    expect(exact).toBe(false);
    expect(pValue).toBeLessThan(0.01);
    expect(pairedPermutationTest([0, 0, 0]).pValue).toBe(1);
    expect(pairedPermutationTest(twice, { seed: 1, resamples: 2000 })).toEqual(
      pairedPermutationTest(twice, { seed: 1, resamples: 2000 }),
    );
  });

  it('rejects a true null in about 5 of 100 cases', () => {
    let rejected = 0;
    for (let i = 0; i < 200; i++) {
      const random = createRandom(i);
      if (pairedPermutationTest(Array.from({ length: 10 }, () => random.normal())).pValue <= 0.05) rejected++;
    }
    // Binomial(200, .049): mean 10, deviation 3.1.
    expect(Math.abs(rejected - 10)).toBeLessThan(14);
  });
});

describe('correctedResampledTest', () => {
  it('agrees with the formula in scipy where the test rows resolve the differences', () => {
    // t = d.mean()/np.sqrt((1/n + .25)*d.var(ddof=1)); 2*stats.t.sf(abs(t), n-1); mean ± t.ppf(.975, n-1)*se
    const result = correctedResampledTest(D, { trainingRows: 800, testRows: 200 });
    expect(result.t).toBeCloseTo(1.4221142582737287, 10);
    expect(result.pValue).toBeCloseTo(0.18871041145044767, 10);
    expect(result.low).toBeCloseTo(-0.0224466, 7);
    expect(result.high).toBeCloseTo(0.0984466, 7);
  });
});

describe("Student's t", () => {
  // scipy.stats.t.cdf(t, f); t.ppf(p, f)
  it.each([
    [-2.3, 3, 0.05249418032223499],
    [0.5, 9, 0.6854643500869868],
    [1.7, 19, 0.9472783667059866],
    // Cauchy's law: ½ + arctan(t)/π.
    [-40, 1, 0.007956089912025788],
  ])('has its distribution at t = %d with %i degrees', (t, freedom, p) => {
    expect(studentCdf(t, freedom)).toBeCloseTo(p, 12);
    expect(studentQuantile(p, freedom)).toBeCloseTo(t, 10);
  });
});

describe('holmAdjust', () => {
  it('multiplies by the number of claims left, never falls, and keeps the order given', () => {
    expect(holmAdjust([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02].map((p) => expect.closeTo(p, 12)));
    expect(holmAdjust([])).toEqual([]);
    expect(() => holmAdjust([1.1])).toThrow('1.1 is not in [0, 1]');
  });

  it('never lowers a p-value and never exceeds Bonferroni', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }), (p) => {
        holmAdjust(p).forEach((adjusted, i) => {
          expect(adjusted).toBeGreaterThanOrEqual(p[i]);
          // No tolerance: rounding is monotonic, so (n − j)·p rounds to no more than n·p does.
          expect(adjusted).toBeLessThanOrEqual(Math.min(1, p.length * p[i]));
        });
      }),
    );
  });
});

describe('robust summaries', () => {
  it('agree with scipy and numpy', () => {
    // stats.trim_mean(x, .25); np.quantile(x, [.05, .5, .95, .99]); 1.4826*np.median(abs(x - np.median(x)))
    expect(interquartileMean(X)).toBeCloseTo(0.6916666666666668, 12);
    expect(interquartileMean([0, 1, 4, 9, 16, 25, 36, 49])).toBeCloseTo(13.5, 12);
    expect(quantile(X, 0.05)).toBeCloseTo(0.568, 12);
    expect(scaledMad(X)).toBeCloseTo(0.118608, 12);
    expect(quantile(X, 0.5)).toBeCloseTo(0.695, 12);
    expect(quantile(X, 0.95)).toBeCloseTo(0.855, 12);
    expect(quantile(X, 0.99)).toBeCloseTo(0.891, 12);
  });

  it('refuse an empty sample', () => {
    expect(() => interquartileMean([])).toThrow('there are no values');
    expect(() => quantile([], 0.5)).toThrow('there are no values');
  });
});

describe('testNonInferiority', () => {
  it('holds above the margin, fails below, and does not mistake no evidence for no harm', () => {
    expect(testNonInferiority(D, null).holds).toBe(true);
    expect(
      testNonInferiority(
        D.map((d) => d - 0.06),
        null,
      ).holds,
    ).toBe(false);
    const noisy = [-0.1, 0.1, -0.12, 0.12, 0.05, -0.05];
    expect(testNonInferiority(noisy, null)).toMatchObject({
      estimate: expect.closeTo(0, 12),
      holds: false,
      margin: 0.01,
    });
  });

  it('does not take equal differences for no harm: the test set must be large enough, and the draws enough', () => {
    const none = new Array<number>(10).fill(0);
    // Equal classifiers on m points have the error 1/(m + 2): 2/1002 is within a point of accuracy, 2/102 is not.
    expect(testNonInferiority(none, leastPairedTestSetError(0, 1000)).holds).toBe(true);
    expect(testNonInferiority(none, leastPairedTestSetError(0, 100)).holds).toBe(false);
    expect(testNonInferiority(none, null)).toMatchObject({ lowerBound: -1, holds: false });
    expect(testNonInferiority(none.slice(0, 4), leastPairedTestSetError(0, 1000)).holds).toBe(false);
    expect(() => testNonInferiority([], null)).toThrow('0 differences; give at least 1');
  });
});

describe('spearman', () => {
  it('agrees with scipy, ties included', () => {
    // scipy.stats.spearmanr(x, y).statistic
    expect(spearman(X, Y)).toBeCloseTo(0.9085534756454651, 12);
    expect(spearman([1, 2, 2, 3, 5], [2, 1, 4, 4, 4])).toBeCloseTo(0.6308932681440449, 12);
    expect(ranksOf([3, 1, 3])).toEqual([2.5, 1, 2.5]);
  });

  it('does not depend on a monotone change of scale, and lies in its interval', () => {
    expect(spearman(X.map(Math.exp), Y)).toBeCloseTo(spearman(X, Y), 12);
    const { low, estimate, high } = spearmanInterval(X, Y);
    // r, se = stats.spearmanr(X, Y).statistic, np.sqrt(1.06/7); np.tanh(np.arctanh(r) + np.array([-1, 1])*stats.norm.ppf(.975)*se)
    expect([low, high]).toEqual([expect.closeTo(0.6388, 3), expect.closeTo(0.9795, 3)]);
    expect(low).toBeLessThan(estimate);
  });

  it('does not take a perfect order of few pairs for proof', () => {
    const order = (n: number) => Array.from({ length: n }, (_, i) => i);
    const four = spearmanInterval(order(4), order(4));
    expect(four).toMatchObject({ estimate: 1, high: 1, level: 0.95 });
    expect(four.low).toBeLessThan(0);
    expect(spearmanInterval(order(12), order(12)).low).toBeGreaterThan(0.9);
    expect(spearmanInterval(order(3), order(3))).toEqual({ estimate: 1, low: 1, high: 1, level: 0 });
  });
});
