import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { interquartileMean } from '../interquartile-mean.ts';
import { meanOf } from '../interval.ts';
import { bcaInterval, widenByTestSet } from './bca-interval.ts';
import { type GapDraw, gapClosed } from './gap-closed.ts';
import { hierarchicalBootstrap } from './hierarchical-bootstrap.ts';
import { performanceProfile } from './performance-profile.ts';

const ARM = [0.61, 0.72, 0.55, 0.8, 0.68];
const REAL = [0.58, 0.7, 0.57, 0.71, 0.6];
const ORACLE = [0.7, 0.81, 0.66, 0.86, 0.8];
const draws = (arm = ARM): GapDraw[] => arm.map((score, i) => ({ arm: score, realOnly: REAL[i], oracle: ORACLE[i] }));
const pick = (values: readonly number[], at: ArrayLike<number>) => Array.from(at, (i) => values[i]);

describe('bcaInterval', () => {
  // All 5^5 resamples, in numpy: idx = list(product(range(5), repeat=5)); distribution = ratio(q[idx], r[idx], o[idx]);
  // stats.bootstrap((q, r, o), ratio, paired=True, n_resamples=0, bootstrap_result=BootstrapResult(None, distribution, None),
  // confidence_level=level, method='BCa')
  const ratio = (at: ArrayLike<number>) =>
    (meanOf(pick(ARM, at)) - meanOf(pick(REAL, at))) / (meanOf(pick(ORACLE, at)) - meanOf(pick(REAL, at)));

  it('agrees with scipy for a ratio of means', () => {
    const { estimate, low, high } = bcaInterval(5, ratio, { expanded: false });
    expect(estimate).toBeCloseTo(0.29850746268656797, 12);
    expect(low).toBeCloseTo(0.05769230769230875, 9);
    expect(high).toBeCloseTo(0.47826086956521735, 9);
  });

  it('agrees with scipy at the level of Hesterberg, and for an interquartile mean', () => {
    // t = stats.t.ppf(.975, 4); level = 1 - 2*stats.norm.cdf(-t*np.sqrt(5/4))
    const wide = bcaInterval(5, ratio);
    expect([wide.low, wide.high]).toEqual([expect.closeTo(-0.12765957446808368, 9), expect.closeTo(0.55, 9)]);
    const middle = bcaInterval(5, (at) => interquartileMean(pick(ARM, at)), { expanded: false });
    expect(middle.estimate).toBeCloseTo(0.67, 12);
    expect([middle.low, middle.high]).toEqual([expect.closeTo(0.57, 9), expect.closeTo(0.76, 9)]);
  });

  it('has no interval of one draw, nor where the statistic does not vary', () => {
    expect(bcaInterval(1, () => 0.4)).toEqual({ estimate: 0.4, low: 0.4, high: 0.4, level: 0 });
    expect(bcaInterval(8, () => 0.4)).toMatchObject({ level: 0 });
    expect(() => bcaInterval(0, () => 0)).toThrow('0 draws; give at least 1');
  });

  it('contains its estimate, and is the same for the same seed', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 9 }), (values) => {
        const run = () =>
          bcaInterval(values.length, (at) => meanOf(pick(values, at)), { resamples: 200, seed: 'same' });
        const { estimate, low, high } = run();
        expect(low).toBeLessThanOrEqual(estimate);
        expect(high).toBeGreaterThanOrEqual(estimate);
        expect(run()).toEqual({ estimate, low, high, level: expect.any(Number) });
      }),
    );
  });
});

describe('widenByTestSet', () => {
  it('adds squares of distances, and leaves an unknown error unknown', () => {
    // Student's quantile at .975 with 1e9 degrees is 1.959964: reach 1.959964·.5 = .979982.
    const wide = widenByTestSet({ estimate: 1, low: 0.2, high: 1.4, level: 0.95 }, { variance: 0.25, freedom: 1e9 });
    expect(wide.low).toBeCloseTo(1 - Math.hypot(0.8, 0.979982), 5);
    expect(wide.high).toBeCloseTo(1 + Math.hypot(0.4, 0.979982), 5);
    const unknown = { estimate: 1, low: 1, high: 1, level: 0 };
    expect(widenByTestSet(unknown, { variance: 1, freedom: 9 })).toBe(unknown);
  });
});

describe('gapClosed', () => {
  it('is the ratio of mean gains, with the interval of its draws where each has a test set of its own', () => {
    const closed = gapClosed(draws(), null);
    expect(closed).toMatchObject({
      interval: { estimate: expect.closeTo(0.2985074627, 9), low: expect.closeTo(-0.12766, 5) },
    });
  });

  it('says that there is no gap where true samples gain less than a point, or not surely anything', () => {
    const none = draws().map((draw) => ({ ...draw, oracle: draw.realOnly + 0.004 }));
    expect(gapClosed(none, null)).toEqual({ reason: 'no gap to close: true samples gain 0.4 points, less than one' });
    const unsure = draws().map((draw, i) => ({ ...draw, oracle: draw.realOnly + [0.2, -0.15, 0.1, -0.1, 0.12][i] }));
    expect(gapClosed(unsure, null)).toMatchObject({
      reason: expect.stringMatching(/^no sure gap to close: .* 3\.4 points \[−/),
    });
    // A gap of 2 points in every draw is no proof on 50 test points: two of them, and an error of 1/52 at least.
    const few = draws().map((draw) => ({ ...draw, oracle: draw.realOnly + 0.02 }));
    const z = Float64Array.from({ length: 50 }, (_, i) => (i < 1 ? 1 : 0));
    expect(gapClosed(few, { arm: [z], oracle: [z] })).toMatchObject({ reason: expect.stringContaining('no sure gap') });
  });

  it('has no interval below five draws', () => {
    expect(gapClosed(draws().slice(0, 4), null)).toMatchObject({ interval: { level: 0 } });
    expect(() => gapClosed([], null)).toThrow('0 draws');
  });

  /** Three classifiers on `points` common test points, each outcome partly settled by the point; ten draws. */
  function world(seed: string, points: number) {
    const random = createRandom(seed);
    const rates = [0.65, 0.74, 0.8];
    const settled = Array.from({ length: points }, () => (random.uniform() < 0.7 ? random.uniform() : null));
    const rows = Array.from({ length: 10 }, () => {
      const luck = 0.02 * random.normal();
      return rates.map((rate, arm) => settled.map((u) => ((u ?? random.uniform()) < rate + luck * (arm + 1) ? 1 : 0)));
    });
    const perPoint = (arm: number) =>
      Array.from({ length: points }, (_, i) => meanOf(rows.map((draw) => draw[arm][i] - draw[0][i])));
    return {
      draws: rows.map(([realOnly, arm, oracle]) => ({
        realOnly: meanOf(realOnly),
        arm: meanOf(arm),
        oracle: meanOf(oracle),
      })),
      points: { arm: [perPoint(1)], oracle: [perPoint(2)] },
    };
  }

  it('covers the truth in 95 of 100 worlds, where the draws alone cover too few', () => {
    const REPEATS = 60;
    // (.74 − .65)/(.8 − .65)
    const truth = 0.6;
    let [covered, alone] = [0, 0];
    for (let r = 0; r < REPEATS; r++) {
      const { draws: ten, points } = world(`gap/${r}`, 200);
      const closed = gapClosed(ten, points, r);
      if (!('interval' in closed)) throw new Error(closed.reason);
      if (closed.interval.low <= truth && truth <= closed.interval.high) covered++;
      const ofDraws = gapClosed(ten, null, r);
      if (!('interval' in ofDraws)) throw new Error(ofDraws.reason);
      const { low, high } = ofDraws.interval;
      if (low <= truth && truth <= high) alone++;
    }
    // .95 less 3.1 binomial deviations of 60.
    expect(covered / REPEATS).toBeGreaterThanOrEqual(0.95 - 3.1 * Math.sqrt((0.95 * 0.05) / REPEATS));
    expect(alone).toBeLessThan(covered);
  });
});

describe('hierarchicalBootstrap', () => {
  it('has the variance of selections and of draws within them', () => {
    const selections = [
      [1, 3, 2, 4],
      [8, 6, 7, 9],
      [4, 5, 3, 6],
    ];
    const [mean] = hierarchicalBootstrap([selections], ([values]) => [meanOf(values)], { resamples: 20_000 });
    // Plug-in variances: means 2.5, 7.5, 4.5 have 4.2222; draws within 1.25 each. Var = (4.2222 + 1.25/4)/3 = 1.5116.
    const deviation = Math.sqrt((38 / 9 + 1.25 / 4) / 3);
    expect(mean.estimate).toBeCloseTo(29 / 6, 12);
    // With three selections the distribution is not normal: within a tenth of 1.96 deviations on either side.
    expect(Math.abs((mean.high - mean.low) / (2 * 1.96 * deviation) - 1)).toBeLessThan(0.1);
  });

  it('is narrower with one selection, on which it is conditional, and refuses a cell without draws', () => {
    const apart = hierarchicalBootstrap(
      [
        [
          [1, 2],
          [8, 9],
        ],
      ],
      ([values]) => [meanOf(values)],
    )[0];
    const together = hierarchicalBootstrap([[[1, 2, 8, 9]]], ([values]) => [meanOf(values)])[0];
    expect(apart.high - apart.low).toBeGreaterThan(together.high - together.low);
    expect(() => hierarchicalBootstrap([[[]]], () => [0])).toThrow('has no draws');
  });
});

describe('performanceProfile', () => {
  it('is the share of draws at or above each threshold, each cell with equal weight', () => {
    // Cell 1: 4 draws, cell 2: 2 draws. At τ = 2: (3/4 + 1/2)/2; at 5: (0 + 1/2)/2.
    const profile = performanceProfile([[[1, 2, 3, 4]], [[0, 9]]], [-1, 2, 5, 10], { resamples: 300 });
    expect(profile.map(({ share }) => share.estimate)).toEqual([1, 0.625, 0.25, 0]);
    for (const { share } of profile) {
      expect(share.low).toBeGreaterThanOrEqual(0);
      expect(share.high).toBeLessThanOrEqual(1);
      expect(share.low).toBeLessThanOrEqual(share.estimate);
    }
    expect(profile[1].share.low).toBeLessThan(0.625);
  });
});
