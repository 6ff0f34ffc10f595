import { createSpace } from '../space/space.ts';
import { compareArms, meanInterval } from './compare-arms.ts';
import { effectsOf } from './effects.ts';
import { bestSetting, rivalParameters, rivalSetting } from './rival-tuning.ts';
import { armsOf, comparisonUnits, type EvaluationPlan, searchUnits } from './units.ts';

const plan: EvaluationPlan = {
  draws: 3,
  rivals: ['noise', 'gaussian'],
  rivalEvaluations: 4,
  hasOracle: true,
  outerFolds: 2,
};

describe('units', () => {
  const units = [...searchUnits(plan, [7, 2, 30]), ...comparisonUnits(plan, armsOf(plan, true), true)];

  it('have names of their own that may stand in the log', () => {
    expect(new Set(units.map((unit) => unit.name)).size).toBe(units.length);
    for (const { name } of units) expect(`unit-${name}`).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
  });

  it('give every rival as many evaluations, and every arm every draw', () => {
    for (const rival of plan.rivals) {
      expect(units.filter((unit) => unit.kind === 'tune' && unit.rival === rival)).toHaveLength(4);
    }
    for (const arm of armsOf(plan, true)) {
      expect(units.filter((unit) => unit.kind === 'draw' && unit.arm === arm)).toHaveLength(3);
    }
  });
});

describe('rivals', () => {
  const advertised = [
    { name: 'synthRatio', kind: 'float', min: 0.25, max: 8, scale: 'log', zeroAllowed: true, default: 1 },
    { name: 'rival.strength', kind: 'float', min: 0.1, max: 10, scale: 'log', default: 1 },
    { name: 'vae.width', kind: 'int', min: 16, max: 128, scale: 'log', default: 32 },
  ] as const;

  it('tune ratio and strength from their defaults on, and never add nothing', () => {
    const parameters = rivalParameters(advertised);
    expect(rivalSetting(parameters, 'noise', 0, 1)).toEqual({ method: 'noise', synthRatio: 1, 'rival.strength': 1 });
    const settings = Array.from({ length: 16 }, (_, i) => rivalSetting(parameters, 'noise', i, 1));
    for (const setting of settings) expect(setting.synthRatio).toBeGreaterThanOrEqual(0.25);
    expect(new Set(settings.map((setting) => setting['rival.strength'])).size).toBe(16);
  });

  it('take the least loss, the first of equals, and none where all failed', () => {
    const one = { loss: 0.3, i: 1 };
    expect(bestSetting([{ loss: null, i: 0 }, one, { loss: 0.3, i: 2 }, { loss: 0.4, i: 3 }])).toBe(one);
    expect(bestSetting([{ loss: null }])).toBeNull();
  });
});

describe('compareArms', () => {
  const reference = [0.8, 0.7, 0.9, 0.8, 0.75, 0.85];

  it('is paired: a constant gain has a point as its interval, whatever the spread of the draws', () => {
    const scores = reference.map((score) => score + 0.01);
    const comparison = compareArms(reference, [{ name: 'a', scores }], { kind: 'fresh' }, 's').get('a');
    expect(comparison?.difference.low).toBeCloseTo(0.01, 10);
    expect(comparison?.difference.high).toBeCloseTo(0.01, 10);
    // All six differences have one sign: 2 of 2⁶ patterns are as extreme.
    expect(comparison?.pValue).toBeCloseTo(2 / 64, 12);
  });

  it('corrects for the number of arms', () => {
    const arms = ['a', 'b', 'c'].map((name, k) => ({ name, scores: reference.map((score) => score + 0.01 * (k + 1)) }));
    const compared = compareArms(reference, arms, { kind: 'fresh' }, 's');
    for (const { pValue, pValueHolm } of compared.values()) expect(pValueHolm).toBeCloseTo(3 * pValue, 12);
  });

  it('is more careful with repeated splits of one file than with fresh draws', () => {
    const scores = reference.map((score, i) => score + 0.01 * (i - 1));
    const width = (draws: Parameters<typeof compareArms>[2]) => {
      const difference = compareArms(reference, [{ name: 'a', scores }], draws, 's').get('a')?.difference;
      return (difference?.high ?? 0) - (difference?.low ?? 0);
    };
    expect(width({ kind: 'splits', labels: 40, test: 40 })).toBeGreaterThan(width({ kind: 'fresh' }));
  });

  it('gives one value its own interval', () => {
    expect(meanInterval([0.5], 's')).toEqual({ estimate: 0.5, low: 0.5, high: 0.5, level: 0.95 });
  });
});

describe('effectsOf', () => {
  const space = createSpace([
    { name: 'lr', kind: 'float', min: 0.001, max: 1, scale: 'log', default: 0.1 },
    { name: 'arch', kind: 'categorical', choices: ['a', 'b'], default: 'a' },
    {
      name: 'depth',
      kind: 'int',
      min: 1,
      max: 9,
      scale: 'linear',
      default: 3,
      condition: { parameter: 'arch', values: ['b'] },
    },
    { name: 'pinned', kind: 'float', min: 1, max: 1, scale: 'linear', default: 1 },
  ]);
  const outcomes = Array.from({ length: 16 }, (_, i) => ({
    hyperparameters: {
      lr: 0.001 * 1.5 ** i,
      pinned: 1,
      ...(i % 2 ? { arch: 'a' } : { arch: 'b', depth: 1 + (i % 5) }),
    },
    utility: i,
  }));

  it('finds what utility follows, leaves out what is pinned, and copes with what is inactive', () => {
    const effects = new Map(effectsOf(space, outcomes, 's').map((effect) => [effect.name, effect]));
    expect([...effects.keys()].sort()).toEqual(['arch', 'depth', 'lr']);
    expect(effects.get('lr')?.correlation?.estimate).toBeCloseTo(1, 12);
    expect(effects.get('arch')?.correlation).toBeNull();
    expect(effects.get('lr')?.importance).toBeGreaterThan(effects.get('arch')?.importance ?? 1);
  });

  it('says nothing of three episodes', () => {
    expect(effectsOf(space, outcomes.slice(0, 3), 's')).toEqual([]);
  });
});
