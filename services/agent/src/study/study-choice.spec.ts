import assert from 'node:assert';
import { type EvaluationSettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { ArmKind, IncumbentKind, StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { QnnArm } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { formatKey } from '@qloom/episode-log/event-key.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { decodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { createSeeds } from '../domain/seeds.ts';
import { createWorld, type StandIns, smallStudy, startStandIns } from '../testing/world.ts';

const ID = 'small';
let standIns: StandIns;

beforeAll(async () => {
  standIns = await startStandIns();
});

afterAll(() => standIns.stop());

/** Runs a study without a search, with a rule. Returns its last state, its result and the names of its jobs. */
async function runWithout(choice: string, changes: Partial<EvaluationSettings> = {}, services = standIns) {
  const world = await createWorld(services);
  try {
    world.start();
    const evaluation = { draws: 3, rivals: ['noise'], rivalEvaluations: 0, portfolio: false, choice, ...changes };
    const settings = smallStudy({ episodes: 0, sobolEpisodes: undefined, noSearch: true, evaluation });
    await world.agent.createStudy({ id: ID, settings });
    const study = await world.finished(ID);
    if (study.state !== StudyState.FINISHED)
      throw new Error(`${study.message}\n${JSON.stringify(world.logged, null, 1)}`);
    const bytes = await world.artifacts.get(study.result?.sha256 ?? '');
    const result = StudyResult.fromJSON(JSON.parse(new TextDecoder().decode(bytes)));
    const keys = (await world.episodeLog.replay(ID)).map((event) => formatKey(event.key));
    const jobs = keys.flatMap((key) => (key.startsWith(`${ID}/unit-`) ? [key.slice(ID.length + 6)] : []));
    return { study, result, jobs, keys };
  } finally {
    await world.stop();
  }
}

const gainsOf = (result: StudyResult, name: string) =>
  result.arms.find((arm) => arm.name === name)?.draws.map(({ accuracy, syntheticCount }) => [accuracy, syntheticCount]);

describe('a study without a search', () => {
  it('evaluates the default configuration, and decides on every replicate by its own labels', async () => {
    const { study, result, jobs, keys } = await runWithout('');
    expect(keys.some((key) => key.startsWith(`${ID}/0/`) || key.startsWith(`${ID}/policy-`))).toBe(false);
    expect(study).toMatchObject({ proposed: 0, unitsDone: jobs.length, unitsTotal: jobs.length });
    expect(result.settings?.evaluation).toMatchObject({ choice: 'dimension', rivalEvaluations: 1 });
    expect(result.episodes).toEqual([]);
    expect(result.incumbents).toMatchObject([{ kind: IncumbentKind.DEFAULT, episode: undefined, chosen: true }]);
    // 16 labels: the ratio of the rule is 8.
    const ratio = result.incumbents[0].hyperparameters.find(({ name }) => name === 'synthRatio');
    expect(ratio?.value?.value).toEqual({ $case: 'real', value: 8 });
    expect(result.choices.map(({ draw }) => draw)).toEqual([0, 1, 2]);
    for (const { classifierScore = -1, flexibleScore = -1, qnnScore = -1, dimension = 0, priorDimension = 0, adds } of [
      ...result.choices,
      result.ownChoice ?? { adds: false },
    ]) {
      expect([classifierScore, flexibleScore, qnnScore].every((share) => share >= 0 && share <= 1)).toBe(true);
      expect(dimension).toBeGreaterThan(0);
      expect(priorDimension).toBeGreaterThan(0);
      const isKnowing = classifierScore >= qnnScore - 1 / 16 && flexibleScore - classifierScore <= 0.04 + 1.6 / 16;
      expect(adds).toBe(isKnowing && dimension >= 0.5 * priorDimension);
    }
    expect(result.addsData).toBe(result.ownChoice?.adds);
    for (const { draw, adds } of result.choices) {
      expect(jobs).toContain(`draw-${draw}-${adds ? 'qloom' : 'qloom-unselected'}`);
      expect(jobs).not.toContain(`draw-${draw}-${adds ? 'qloom-unselected' : 'qloom'}`);
      const alone = gainsOf(result, 'real-only')?.[draw ?? 0];
      const qloom = gainsOf(result, 'qloom')?.[draw ?? 0];
      if (adds) expect(qloom?.[1]).toBe(8 * 16);
      else expect(qloom).toEqual(alone);
    }
  });

  it('adds points everywhere without a look if told so', async () => {
    const { result, jobs } = await runWithout('always');
    expect(jobs.filter((name) => name.startsWith('choice-'))).toEqual([]);
    expect(result.choices).toEqual([0, 1, 2].map((draw) => ({ draw, adds: true })));
    expect(result.arms.map(({ name }) => name)).not.toContain('qloom-unselected');
    expect(result.verdict).toContain('Qloom added its points on 3 of 3 replicates.');
  });

  it('is refused with a number of episodes, and with a rule that there is not', async () => {
    const world = await createWorld(standIns);
    const create = (changes: object) => world.agent.createStudy({ id: ID, settings: smallStudy(changes) });
    await expect(create({ noSearch: true })).rejects.toThrow('6 without a search; right would be 0');
    const evaluation = { draws: 2, rivals: [], rivalEvaluations: 0, portfolio: false, choice: 'hope' };
    await expect(create({ evaluation })).rejects.toThrow(/"hope" is not one of dimension, classifier, utility, always/);
    await world.stop();
  });
});

describe('a study with a portfolio', () => {
  const asked = { portfolio: true, rivals: ['noise', 'gaussian'], rivalEvaluations: 2 };

  it('takes one method by the labels, and has the scores of its arm where its points are added', async () => {
    const { result, jobs } = await runWithout('', asked);
    const {
      arm = '',
      candidates,
      choices,
      ownChoice,
      utilityReliability,
      reason,
    } = result.portfolio ?? assert.fail('no portfolio');
    expect(candidates.map((candidate) => candidate.arm).sort()).toEqual(['gaussian', 'noise', 'qloom']);
    expect(candidates.map(({ chosen }) => chosen)).toEqual([true, false, false]);
    expect(arm).toBe(candidates[0].arm);
    expect(reason).not.toBe('');
    expect(utilityReliability).toBeGreaterThanOrEqual(0);
    const qloom = candidates.find((candidate) => candidate.arm === 'qloom');
    expect(qloom?.utility).toEqual(result.incumbents[0].utility);
    expect(qloom?.hyperparameters).toEqual(result.incumbents[0].hyperparameters);
    for (const { utility: { estimate = 0, lower = 0, upper = 0 } = {} } of candidates) {
      expect(lower).toBeLessThanOrEqual(estimate);
      expect(upper).toBeGreaterThanOrEqual(estimate);
    }
    // The rule looks at the labels alone, so that it decides as for arm `qloom`.
    expect(choices).toEqual(result.choices);
    expect(ownChoice).toEqual(result.ownChoice);
    expect(jobs).toContain('tune-real-only');
    expect(jobs.filter((name) => name.endsWith('-portfolio'))).toEqual([]);
    expect(result.arms.find(({ name }) => name === 'portfolio')).toMatchObject({ kind: ArmKind.PORTFOLIO });
    for (const { draw = 0, adds } of choices) {
      const taken = arm === 'qloom' && !result.choices[draw].adds ? 'qloom-unselected' : arm;
      expect(gainsOf(result, 'portfolio')?.[draw]).toEqual(gainsOf(result, adds ? taken : 'real-only')?.[draw]);
    }
  });

  it('takes the arm that the study names where the utilities cannot be told apart', async () => {
    const { result } = await runWithout('', { ...asked, portfolioDefault: 'gaussian' });
    const { arm, reason, utilityReliability } = result.portfolio ?? assert.fail('no portfolio');
    expect({ arm, reason, utilityReliability }).toEqual({
      arm: 'gaussian',
      reason: 'The utilities differ by no more than their errors explain, and gaussian is the default.',
      utilityReliability: 0,
    });
  });

  it("takes a baseline where Qloom's own method cannot be fitted", async () => {
    const broken = await startStandIns({
      onFit({ hyperparameters }) {
        const { method } = decodeConfiguration(hyperparameters, 'hyperparameters');
        if (method === 'gan') throw new DomainError('diverged', 'gan.lrG: the loss is NaN at step 1');
      },
    });
    try {
      const { result, jobs } = await runWithout('always', { ...asked, rivals: ['noise'] }, broken);
      expect(result.portfolio).toMatchObject({ arm: 'noise', reason: 'No other method than noise could be fitted.' });
      expect(gainsOf(result, 'portfolio')).toEqual(gainsOf(result, 'noise'));
      expect(gainsOf(result, 'qloom')).toEqual(gainsOf(result, 'real-only'));
      expect(jobs).not.toContain('synthesis');
    } finally {
      await broken.stop();
    }
  });

  it('chooses by its own method alone where real data only diverges on the reward folds', async () => {
    const [seed] = createSeeds(5).qnn(1);
    const broken = await startStandIns({
      onEvaluate({ seeds, arms }) {
        if (seeds[0] === seed && arms.length === 1 && arms[0] === QnnArm.REAL_ONLY) {
          throw new DomainError('diverged', 'the loss is NaN');
        }
      },
    });
    try {
      const { result } = await runWithout('always', asked, broken);
      expect(result.portfolio?.arm).toBe('qloom');
      expect(result.portfolio?.candidates).toHaveLength(1);
      expect(result.warnings.join()).toMatch(/The portfolio cannot judge baselines: .*the loss is NaN/);
    } finally {
      await broken.stop();
    }
  });
});
