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
  it('ranks hyperparameters by how much they decide, and sums to 1', () => {
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
  it('finds the effect with an interval that holds it, and none where there is none', () => {
    const effects = rankRegression({ a, b, same: a.map(() => 1) }, outcome);
    expect(effects.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(effects[0].low).toBeGreaterThan(0.7);
    expect(effects[0].pValue).toBeLessThan(1e-6);
    expect(effects[1].low).toBeLessThan(0);
    expect(effects[1].high).toBeGreaterThan(0);
  });

  it('is the rank correlation where there is one hyperparameter', () => {
    // statsmodels and numpy agree by definition: the slope of standardized ranks is Spearman's correlation.
    const [effect] = rankRegression({ x: [1, 2, 2, 3, 5] }, [2, 1, 4, 4, 4]);
    expect(effect.estimate).toBeCloseTo(0.6308932681440449, 7);
  });

  it('shares the effect between hyperparameters that rank alike, and refuses too few episodes', () => {
    const [first, second] = rankRegression({ a, again: a.map((v) => 2 * v) }, outcome);
    expect(first.estimate).toBeCloseTo(second.estimate, 4);
    expect(() => rankRegression({ x: [1, 2, 3] }, [1, 2, 3])).toThrow(
      '3 outcomes for 1 hyperparameters; give at least 4',
    );
  });
});
