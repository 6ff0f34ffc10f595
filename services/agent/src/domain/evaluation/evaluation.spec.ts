import { createSpace } from '@qloom/study/space/space.ts';
import { bestSetting, rivalParameters, rivalSetting } from './baseline-tuning.ts';
import { effectsOf } from './effects.ts';
import { armsOf, comparisonUnits, type EvaluationPlan, searchUnits } from './jobs.ts';

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
    const effects = new Map(effectsOf(space, outcomes).map((effect) => [effect.name, effect]));
    expect([...effects.keys()].sort()).toEqual(['arch', 'depth', 'lr']);
    expect(effects.get('lr')?.correlation?.estimate).toBeCloseTo(1, 12);
    expect(effects.get('arch')?.correlation).toBeNull();
    expect(effects.get('lr')?.importance).toBeGreaterThan(effects.get('arch')?.importance ?? 1);
  });

  it('says nothing of three episodes', () => {
    expect(effectsOf(space, outcomes.slice(0, 3))).toEqual([]);
  });
});
