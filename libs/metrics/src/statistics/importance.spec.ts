import { createRandom } from '@qloom/random/random.ts';
import { pedAnovaImportance } from './ped-anova.ts';
import { rankRegression } from './rank-regression.ts';

const random = createRandom('importance');
const n = 200;
const a = Array.from({ length: n }, () => random.uniform());
const b = Array.from({ length: n }, () => random.uniform());
const c = Array.from({ length: n }, () => (random.uniform() < 0.5 ? 'relu' : 'tanh'));
const outcome = a.map((value, i) => value + 0.3 * (c[i] === 'relu' ? 1 : 0) + 0.1 * random.normal());

describe('pedAnovaImportance', () => {
  it('ranks hyperparameters by their influence, and sums to 1', () => {
    const shares = pedAnovaImportance(
      {
        a: { kind: 'number', values: a, low: 0, high: 1 },
        b: { kind: 'number', values: b, low: 0, high: 1 },
        c: { kind: 'category', values: c, choices: ['relu', 'tanh'] },
      },
      outcome,
    );
    expect(shares['a']).toBeGreaterThan(0.5);
    expect(shares['c']).toBeGreaterThan(shares['b']);
    expect(shares['a'] + shares['b'] + shares['c']).toBeCloseTo(1, 12);
  });

  it('refuses too few episodes', () => {
    expect(() => pedAnovaImportance({}, [1, 2])).toThrow('2 episodes; give at least 4');
  });
});

describe('rankRegression', () => {
  it('finds the effect with an interval that contains it, and none where there is none', () => {
    const { effects } = rankRegression({ a, b, same: a.map(() => 1) }, outcome);
    expect(effects.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(effects[0].low).toBeGreaterThan(0.7);
    expect(effects[0].pValue).toBeLessThan(1e-6);
    expect(effects[1].low).toBeLessThan(0);
    expect(effects[1].high).toBeGreaterThan(0);
  });

  it('agrees with statsmodels', () => {
    // i = np.arange(24); a = np.sin(1.3*i+.2); b = np.cos(.7*i); y = a + .5*b*np.sin(2.1*i) + .2*np.cos(3.3*i)
    // z = lambda v: (rankdata(v) - rankdata(v).mean()) / rankdata(v).std()
    // sm.OLS(z(y), sm.add_constant(np.column_stack([z(a), z(b)]))).fit(cov_type='HC3', use_t=True): params, bse, pvalues, conf_int
    const i = Array.from({ length: 24 }, (_, at) => at);
    const [p, q] = [i.map((at) => Math.sin(1.3 * at + 0.2)), i.map((at) => Math.cos(0.7 * at))];
    const y = i.map((at) => p[at] + 0.5 * q[at] * Math.sin(2.1 * at) + 0.2 * Math.cos(3.3 * at));
    const { effects, rSquared, rSquaredOfChance, pValue } = rankRegression({ p, q }, y);
    const [first, second] = effects;
    expect(first.estimate).toBeCloseTo(0.9373252262859669, 7);
    expect(second.estimate).toBeCloseTo(0.022955147545809393, 7);
    expect(first.error).toBeCloseTo(0.07936460848371082, 7);
    expect(second.error).toBeCloseTo(0.0772308093654529, 7);
    expect(second.pValue).toBeCloseTo(0.7692127789610607, 6);
    // 1 - ((z(y) - X @ beta)**2).sum()/(z(y)**2).sum()
    expect(rSquared).toBeCloseTo(0.8841197843844286, 7);
    expect(pValue).toBe(1 / 2001);
    // Under permutation the mean of R² is p/(n − 1) = 2/23, its deviation is about .06: 2,000 permutations have .0014.
    expect(Math.abs(rSquaredOfChance - 2 / 23)).toBeLessThan(0.007);
    expect([first.low, first.high]).toEqual([0.7722774877018501, 1.1023729648700837].map((v) => expect.closeTo(v, 6)));
  });

  it('finds no more than chance where the outcome is noise, whatever R² is', () => {
    const noise = createRandom('noise only');
    const columns = Object.fromEntries(
      Array.from({ length: 8 }, (_, j) => [`h${j}`, Array.from({ length: 20 }, () => noise.uniform())]),
    );
    const { rSquared, rSquaredOfChance, pValue } = rankRegression(
      columns,
      Array.from({ length: 20 }, () => noise.normal()),
    );
    expect(rSquared).toBeGreaterThan(0.2);
    // 8/19 in expectation.
    expect(Math.abs(rSquaredOfChance - 8 / 19)).toBeLessThan(0.02);
    expect(pValue).toBeGreaterThan(0.05);
    expect(rankRegression({}, [1, 2, 3])).toMatchObject({ rSquared: 0, pValue: 1 });
  });

  it('is the rank correlation where there is one hyperparameter', () => {
    // The slope between standardized ranks is Spearman's correlation (scipy.stats.spearmanr).
    const {
      effects: [effect],
    } = rankRegression({ x: [1, 2, 2, 3, 5] }, [2, 1, 4, 4, 4]);
    expect(effect.estimate).toBeCloseTo(0.6308932681440449, 7);
  });

  it('shares the effect between hyperparameters that rank alike, and refuses too few episodes', () => {
    const {
      effects: [first, second],
    } = rankRegression({ a, again: a.map((v) => 2 * v) }, outcome);
    expect(first.estimate).toBeCloseTo(second.estimate, 4);
    expect(() => rankRegression({ x: [1, 2, 3] }, [1, 2, 3])).toThrow(
      '3 outcomes for 1 hyperparameters; give at least 4',
    );
  });
});
