import { type StudySettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { QnnArm } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { EvaluateSettings } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { createWorld, type StandIns, smallStudy, startStandIns } from '../testing/world.ts';

let standIns: StandIns;
let asked: EvaluateSettings[] = [];
let isForeign = false;

beforeAll(async () => {
  standIns = await startStandIns({
    onEvaluate(settings) {
      asked.push({ ...settings });
      // As a simulator answers that does not know these fields.
      if (isForeign) Object.assign(settings, { scoredSteps: [], parameters: false });
    },
  });
});
beforeEach(() => {
  asked = [];
  isForeign = false;
});
afterAll(() => standIns.stop());

const settings = (pretraining: StudySettings['pretraining']): StudySettings => ({
  ...smallStudy(),
  episodes: 0,
  sobolEpisodes: undefined,
  noSearch: true,
  pretraining,
});

describe('a study that measures pre-training', () => {
  it('counts the steps of every arm on each replicate, pre-training on synthetic points alone', async () => {
    const world = await createWorld(standIns);
    try {
      world.start();
      const pretraining = { steps: 30, finetuneSteps: 20, target: 0.01, holdSteps: 0 };
      await world.agent.createStudy({ id: 'pretrained', settings: settings(pretraining) });
      const study = await world.finished('pretrained');
      expect([study.state, study.message]).toEqual([StudyState.FINISHED, 'finished']);
      const bytes = await world.artifacts.get(study.result?.sha256 ?? '');
      const result = StudyResult.fromJSON(JSON.parse(new TextDecoder().decode(bytes)));
      expect(result.pretraining?.settings).toEqual({ ...pretraining, holdSteps: 10 });
      expect(result.pretraining?.scoredSteps).toEqual([...Array(21).keys()]);
      const arms = result.pretraining?.arms ?? [];
      expect(arms.map(({ name }) => name)).toEqual([
        'real-only',
        'noise',
        'pretrained-noise',
        'qloom',
        'pretrained-qloom',
      ]);
      for (const arm of arms) {
        // The stand-in's score is the same all along.
        expect(arm.draws).toEqual([0, 1].map((draw) => ({ draw, steps: 1, censored: false })));
        expect(arm.accuracies).toHaveLength(21);
        expect(arm.ratio?.estimate).toBe(arm.name === 'pretrained-qloom' ? undefined : 1);
      }
    } finally {
      await world.stop();
    }
    const pretrainings = asked.filter(({ arms, qnn }) => arms[0] === QnnArm.SYNTHETIC_ONLY && qnn?.steps === 30);
    expect(pretrainings).toHaveLength(4);
    const tuned = asked.filter(({ initialParameters }) => initialParameters.length > 0);
    expect(tuned.map(({ arms, qnn }) => [arms[0], qnn?.steps])).toEqual(new Array(4).fill([QnnArm.AUGMENTED, 20]));
  });

  it('is refused with its reason where the simulator lacks what it needs, or a setting is wrong', async () => {
    const world = await createWorld(standIns);
    const create = (pretraining: StudySettings['pretraining']) =>
      world.agent.createStudy({ id: 'refused', settings: settings(pretraining) });
    try {
      isForeign = true;
      await expect(create({ steps: 0, finetuneSteps: 0, target: 0.9, holdSteps: 0 })).rejects.toThrow(
        'settings.pretraining: the QNN simulator reports no scores along a training and no trained parameters; right would be',
      );
      isForeign = false;
      await expect(create({ steps: 0, finetuneSteps: 0, target: 94, holdSteps: 0 })).rejects.toThrow(
        'settings.pretraining.target: 94 is no accuracy above 0 and below 1',
      );
      await expect(create({ steps: 0, finetuneSteps: 20, target: 0.9, holdSteps: 20 })).rejects.toThrow(
        'settings.pretraining.hold_steps: 20 is above 19',
      );
    } finally {
      await world.stop();
    }
  });
});
