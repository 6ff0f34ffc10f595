import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import { mean } from '../maths/statistics.ts';
import { constrainedReward } from './constrained.ts';
import {
  type ConstraintReadings,
  INITIAL_MULTIPLIERS,
  mapConstraints,
  poolReadings,
  rewardWeights,
  updateMultipliers,
  violation,
} from './constraints.ts';
import { judge } from './judge.ts';
import { paperCorrectedReward } from './paper-corrected.ts';
import { paperLiteralReward } from './paper-literal.ts';
import { EQUAL_WEIGHTS, termStatistics } from './paper-terms.ts';
import { REWARD_FORM_NAMES } from './reward-table.ts';
import { UnusableLossesError, utilityOf } from './utility.ts';

const perfect: ConstraintReadings = mapConstraints(() => ({ value: 0, tau: -0.1, sigma: 0.05 }));
const utility = (value: number, standardError: number) => ({
  value,
  standardError,
  interval: [value, value] as const,
  lossRealOnly: 1,
  lossAugmented: 1 - value,
});

describe('utilityOf', () => {
  it('pools the losses of all points, so that a large fold counts more than a small one', () => {
    const folds = [
      { realOnly: Float64Array.of(1, 1, 1), augmented: Float64Array.of(0.5, 0.5, 0.5) },
      { realOnly: Float64Array.of(3), augmented: Float64Array.of(3.5) },
    ];
    // (6 − 5) / 6; the mean of the folds' own gains would be (0.5 − 1/6) / 2 instead.
    expect(utilityOf(folds, createRandom(1)).value).toBeCloseTo(1 / 6, 12);
  });

  it('has the standard error of a mean if the real-only loss is constant', () => {
    const random = createRandom(2);
    const n = 400;
    const augmented = Float64Array.from({ length: n }, () => 1 - 0.5 * random.normal());
    const { standardError } = utilityOf([{ realOnly: new Float64Array(n).fill(1), augmented }], random);
    // 0.5/√400 = 0.025; a standard deviation from 400 resamples errs by 1/√800 of itself, and the sample's by as much.
    expect(Math.abs(standardError - 0.025)).toBeLessThan(5 * 0.025 * Math.sqrt(2 / 800));
  });

  it('is 0 with no error if the arms agree', () => {
    const losses = Float64Array.of(0.2, 0.9, 0.4);
    const result = utilityOf([{ realOnly: losses, augmented: losses }], createRandom(3));
    expect([result.value, result.standardError]).toEqual([0, 0]);
  });

  it('refuses losses that are not finite and arms of different length', () => {
    const bad = [Float64Array.of(1, Number.NaN), Float64Array.of(1)];
    for (const augmented of bad) {
      expect(() => utilityOf([{ realOnly: Float64Array.of(1, 1), augmented }], createRandom(1))).toThrow(
        UnusableLossesError,
      );
    }
  });
});

describe('constrainedReward', () => {
  it('agrees with a case worked by hand', () => {
    const readings: ConstraintReadings = {
      diversity: { value: -0.2, tau: -0.1, sigma: 0.05 }, // 2σ below τ
      fidelity: { value: 0.4, tau: 0.8, sigma: 0.1 }, // 4σ below, clipped to 3
      imbalance: { value: -0.05, tau: -0.1, sigma: 0.05 }, // kept
      memorization: { value: -0.11, tau: -0.1, sigma: 0.001 }, // σ floored to .02: ½σ
    };
    const multipliers = { diversity: 1, fidelity: 0.5, imbalance: 5, memorization: 2 };
    const { reward, constraints } = constrainedReward(utility(0.06, 0.04), readings, multipliers);
    expect(reward).toBeCloseTo(1.5 - 2 - 1.5 - 0 - 1, 12);
    expect(constraints.map((term) => term.contribution)).toEqual([-2, -1.5, 0, -1].map((c) => expect.closeTo(c, 12)));
  });

  it('clips U/σ_U to ±3 and floors σ_U at .02', () => {
    expect(constrainedReward(utility(1, 0.001), perfect, INITIAL_MULTIPLIERS).reward).toBe(3);
    expect(constrainedReward(utility(-1, 0.001), perfect, INITIAL_MULTIPLIERS).reward).toBe(-3);
    expect(constrainedReward(utility(0.01, 0), perfect, INITIAL_MULTIPLIERS).reward).toBeCloseTo(0.5, 12);
  });

  it('is 0 if nothing was added', () => {
    expect(constrainedReward(utility(0, 0), null, INITIAL_MULTIPLIERS)).toEqual({ reward: 0, constraints: [] });
  });

  it('gives no reward for exceeding the threshold of a constraint', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 10, noNaN: true }), (excess) => {
        expect(violation({ value: excess, tau: 0, sigma: 1 })).toBe(0);
      }),
    );
  });
});

describe('updateMultipliers', () => {
  it('agrees with a case worked by hand: means over the batch, steps of .1σ, clipped to 3σ and to [0, 5]', () => {
    const one = { ...perfect, diversity: { value: -0.3, tau: -0.1, sigma: 0.1 } };
    const two = { ...perfect, diversity: { value: -0.1, tau: -0.1, sigma: 0.1 } };
    const after = updateMultipliers({ ...INITIAL_MULTIPLIERS, imbalance: 0.1 }, [one, two]);
    expect(after.diversity).toBeCloseTo(1.1, 12); // (−.1 + .2)/.1 = 1σ
    expect(after.fidelity).toBeCloseTo(0.8, 12); // 2σ above τ
    expect(after.imbalance).toBe(0); // .1 − .2
  });

  it('does not depend on the order within a batch except for rounding, and keeps λ if nothing was added', () => {
    expect(updateMultipliers(INITIAL_MULTIPLIERS, [])).toEqual(INITIAL_MULTIPLIERS);
    expect(poolReadings([perfect]).diversity).toEqual(perfect.diversity);
  });

  it('implies weights that sum to 1', () => {
    const weights = rewardWeights({ diversity: 0, fidelity: 1, imbalance: 2, memorization: 4 });
    expect(weights[0]).toBe(1 / 8);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });
});

describe('paper forms', () => {
  const statistics = termStatistics([
    { qnn: 0, diversity: -2, imbalance: 0, gan: -2 },
    { qnn: 2, diversity: 0, imbalance: 2, gan: 0 },
  ]);
  // Means 1, −1, 1, −1 and deviation √2: z = (0, 1, 2, −1)/√2.
  const terms = { qnn: 1, diversity: 0, imbalance: 3, gan: -2 };

  it('literal: (0 + 1 − 2 − 1)/4√2', () => {
    expect(paperLiteralReward(terms, statistics, EQUAL_WEIGHTS)).toBeCloseTo(-2 / 4 / Math.SQRT2, 12);
  });

  it('corrected: −(0 + 1 + 2 − 1)/4√2', () => {
    expect(paperCorrectedReward(terms, statistics, EQUAL_WEIGHTS)).toBeCloseTo(-2 / 4 / Math.SQRT2, 12);
  });

  it('literal rewards a higher QNN loss and detected fakes; corrected does not', () => {
    const worse = { ...terms, qnn: 2, gan: -1 };
    const literal = (t: typeof terms) => paperLiteralReward(t, statistics, EQUAL_WEIGHTS);
    const corrected = (t: typeof terms) => paperCorrectedReward(t, statistics, EQUAL_WEIGHTS);
    expect(literal(worse)).toBeGreaterThan(literal(terms));
    expect(corrected(worse)).toBeLessThan(corrected(terms));
  });
});

describe.each(REWARD_FORM_NAMES)('the form %s', (form) => {
  const run = (arm: 'real-only' | 'augmented', losses: number[]) => ({
    arm,
    seed: 1,
    losses: Float64Array.from(losses),
    accuracy: 0.5,
    predictions: null,
    probabilities: null,
    gradientSteps: 1,
    circuitExecutions: 1,
  });
  const measurement = {
    fit: {},
    fidelity: [
      { fold: 0, syntheticCount: 4, readings: perfect, metrics: { 'entropy.synthetic': 1, 'auditor.log_fake': -1 } },
    ],
    utility: [{ fold: 0, runs: [run('real-only', [1, 2]), run('augmented', [0.5, 1])] }],
  };
  const version = { multipliers: INITIAL_MULTIPLIERS, statistics: termStatistics([]) };
  const judged = () => judge(measurement, { form, weights: EQUAL_WEIGHTS }, version, createRandom(1));

  it('gives a finite reward, the same for the same source of random numbers', () => {
    const { reward, utility: gain } = judged();
    expect(Number.isFinite(reward)).toBe(true);
    expect(gain.value).toBeCloseTo(0.5, 12);
    expect(judged().reward).toBe(reward);
  });
});

describe('a policy that tries to hack the weights', () => {
  /**
   * An environment with one honest parameter and one that cheats. Effort raises U; cheating raises the measured U by as
   * much again but violates fidelity and memorization (copies of the training set), and adds nothing on the outer
   * split.
   */
  const play = (effort: number, cheat: number) => ({
    utility: utility(0.1 * effort + 0.1 * cheat, 0.04),
    outer: 0.1 * effort - 0.1 * cheat,
    readings: mapConstraints((name) => ({
      value: name === 'fidelity' || name === 'memorization' ? 0.05 - 0.4 * cheat : 0.05,
      tau: 0,
      sigma: 0.05,
    })),
  });

  /** Runs 64 episodes in batches of 4 and returns the outer objective of the best three by reward. */
  function outerOfBest(policy: (multipliers: readonly number[], i: number) => [effort: number, cheat: number]): number {
    let multipliers = INITIAL_MULTIPLIERS as ReturnType<typeof updateMultipliers>;
    const episodes: { reward: number; outer: number }[] = [];
    for (let batch = 0; batch < 16; batch++) {
      const results = Array.from({ length: 4 }, (_, i) => play(...policy(rewardWeights(multipliers), 4 * batch + i)));
      for (const { utility: u, readings, outer } of results) {
        episodes.push({ reward: constrainedReward(u, readings, multipliers).reward, outer });
      }
      multipliers = updateMultipliers(
        multipliers,
        results.map((result) => result.readings),
      );
    }
    const best = episodes.sort((a, b) => b.reward - a.reward).slice(0, 3);
    return mean(best.map((episode) => episode.outer));
  }

  const honest = outerOfBest(() => [1, 0]);

  it('gains nothing on the outer objective by lowering λ and then cheating at the lowest observed weight', () => {
    let lowest = 1;
    const hacker = outerOfBest((weights, i) => {
      const onFidelity = weights[2];
      const isLow = onFidelity <= lowest;
      lowest = Math.min(lowest, onFidelity);
      return i > 32 && isLow ? [0.2, 1] : [0.2, 0];
    });
    expect(hacker).toBeLessThanOrEqual(honest);
  });

  it('gains nothing by constant cheating: λ rises until honest episodes have a higher reward', () => {
    expect(outerOfBest(() => [0.2, 1])).toBeLessThanOrEqual(honest);
    const last = Array.from({ length: 8 }).reduce<typeof INITIAL_MULTIPLIERS>(
      (multipliers) => updateMultipliers(multipliers, [play(0.2, 1).readings]),
      INITIAL_MULTIPLIERS,
    );
    const cheat = play(0.2, 1);
    const fair = play(0.2, 0);
    expect(constrainedReward(cheat.utility, cheat.readings, last).reward).toBeLessThan(
      constrainedReward(fair.utility, fair.readings, last).reward,
    );
  });
});
