import { createSpace } from '@qloom/study/space/space.ts';
import { baselineConfiguration, baselineHyperparameters, bestSetting, withRatio } from './baseline-tuning.ts';
import { effectsOf } from './effects.ts';
import { armsOf, comparisonJobs, type EvaluationPlan, scoresJob, searchJobs } from './jobs.ts';

const plan: EvaluationPlan = {
  replicates: 3,
  baselines: ['noise', 'gaussian'],
  baselineEvaluations: 4,
  hasOracle: true,
  outerFolds: 2,
  defaultConfiguration: { synthRatio: 1 },
  hasChoiceJobs: true,
  hasPortfolio: false,
  portfolioDefault: 'qloom',
  alternative: null,
  hasPretraining: false,
};

describe('jobs', () => {
  const jobsOf = (adds: (replicate: number) => boolean | null, of = plan) => [
    ...searchJobs(of, [7, 2, 30]),
    ...comparisonJobs(of, { hasCandidate: true, hasMethod: true }, adds),
  ];
  const jobs = jobsOf((replicate) => replicate > 0);

  it('have unique names that are valid in the log', () => {
    expect(new Set(jobs.map((job) => job.name)).size).toBe(jobs.length);
    for (const { name } of jobs) expect(`unit-${name}`).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
  });

  it('give every baseline as many evaluations, every candidate all outer folds, and every arm its scores on every replicate', () => {
    const names = new Set(jobs.map((job) => job.name));
    for (const baseline of plan.baselines) {
      expect(jobs.filter((job) => job.kind === 'tune' && job.baseline === baseline)).toHaveLength(4);
    }
    for (const episode of [null, 7, 2, 30]) {
      expect(jobs.filter((job) => job.kind === 'outer' && job.episode === episode)).toHaveLength(2);
    }
    for (const arm of armsOf(plan, true)) {
      for (const replicate of [0, 1, 2])
        expect(names).toContain(scoresJob(replicate, arm, { qloom: replicate > 0, portfolio: null }));
    }
  });

  it('train one of the two arms of Qloom on a replicate, after its choice', () => {
    const qloom = jobs.flatMap((job) => (job.kind === 'replicate' && job.arm.startsWith('qloom') ? [job] : []));
    expect(qloom.map(({ name, after }) => [name, after])).toEqual([
      ['draw-0-qloom-unselected', 'choice-0'],
      ['draw-1-qloom', 'choice-1'],
      ['draw-2-qloom', 'choice-2'],
    ]);
    expect(scoresJob(0, 'qloom', { qloom: false, portfolio: null })).toBe('draw-0-real-only');
    expect(scoresJob(1, 'qloom-unselected', { qloom: true, portfolio: null })).toBe('draw-1-qloom');
  });

  it('are as many before the choices are known as after', () => {
    expect(jobsOf(() => null)).toHaveLength(jobs.length);
    expect(jobsOf(() => false)).toHaveLength(jobs.length);
  });

  it('of arm `portfolio` are those of the arm whose method it took, and real data only on the reward folds', () => {
    const withPortfolio = { ...plan, hasPortfolio: true };
    const names = jobsOf((replicate) => replicate > 0, withPortfolio).map(({ name }) => name);
    expect(names.filter((name) => !jobs.some((job) => job.name === name))).toEqual(['tune-real-only']);
    expect(armsOf(withPortfolio, true).slice(3, 6)).toEqual(['qloom', 'qloom-unselected', 'portfolio']);
    const jobOf = (portfolio: string | null, qloom: boolean) => scoresJob(1, 'portfolio', { qloom, portfolio });
    expect(jobOf('noise', true)).toBe('draw-1-noise');
    expect(jobOf('qloom', true)).toBe('draw-1-qloom');
    // Qloom's own rule refuses the points, which are trained all the same.
    expect(jobOf('qloom', false)).toBe('draw-1-qloom-unselected');
    expect(jobOf(null, true)).toBe('draw-1-real-only');
  });

  it('decide nothing where the rule needs no cross-validation, or nothing can be added', () => {
    const isChoice = ({ kind }: { kind: string }) => kind === 'choice';
    expect(jobs.filter(isChoice).map(({ name }) => name)).toEqual(['choice-own', 'choice-0', 'choice-1', 'choice-2']);
    expect(jobsOf(() => true, { ...plan, hasChoiceJobs: false }).filter(isChoice)).toEqual([]);
    const without = comparisonJobs(plan, { hasCandidate: false, hasMethod: false }, () => false).map(
      ({ name }) => name,
    );
    expect(without.filter((name) => /choice|qloom|synthesis/.test(name))).toEqual([]);
  });
});

describe('baselines', () => {
  const advertised = [
    { name: 'synthRatio', kind: 'float', min: 0.25, max: 8, scale: 'log', zeroAllowed: true, default: 1 },
    { name: 'rival.strength', kind: 'float', min: 0.1, max: 10, scale: 'log', default: 1 },
    { name: 'vae.width', kind: 'int', min: 16, max: 128, scale: 'log', default: 32 },
  ] as const;

  it('tune ratio and strength, starting with their defaults, and always add points', () => {
    const parameters = baselineHyperparameters(advertised);
    expect(baselineConfiguration(parameters, 'noise', 0, 1)).toEqual({
      method: 'noise',
      synthRatio: 1,
      'rival.strength': 1,
    });
    const settings = Array.from({ length: 16 }, (_, i) => baselineConfiguration(parameters, 'noise', i, 1));
    for (const setting of settings) expect(setting.synthRatio).toBeGreaterThanOrEqual(0.25);
    expect(new Set(settings.map((setting) => setting['rival.strength'])).size).toBe(16);
  });

  it('begin with the ratio of the method within its range, and tune the same range', () => {
    const startOf = (ratio: number | undefined) => {
      const parameters = withRatio(baselineHyperparameters(advertised), ratio);
      return baselineConfiguration(parameters, 'noise', 0, 1).synthRatio;
    };
    expect([undefined, 2, 100, 0.01].map(startOf)).toEqual([1, 2, 8, 0.25]);
    const [before, after] = [undefined, 2].map((ratio) =>
      baselineConfiguration(withRatio(baselineHyperparameters(advertised), ratio), 'noise', 3, 1),
    );
    expect(after).toEqual(before);
  });

  it('take the smallest loss, the first of equal ones, and none if all failed', () => {
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

  it('finds the parameters that affect utility, leaves out pinned ones, and handles inactive ones', () => {
    const effects = new Map(effectsOf(space, outcomes).map((effect) => [effect.name, effect]));
    expect([...effects.keys()].sort()).toEqual(['arch', 'depth', 'lr']);
    expect(effects.get('lr')?.correlation?.estimate).toBeCloseTo(1, 12);
    expect(effects.get('arch')?.correlation).toBeNull();
    expect(effects.get('lr')?.importance).toBeGreaterThan(effects.get('arch')?.importance ?? 1);
  });

  it('gives no effects for three episodes', () => {
    expect(effectsOf(space, outcomes.slice(0, 3))).toEqual([]);
  });
});
