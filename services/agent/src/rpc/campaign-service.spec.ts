import { status } from '@grpc/grpc-js';
import { type Answer, type CampaignSettings, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { storeUnlabelled } from '../study/data/datasets.ts';
import {
  type CampaignAgent,
  handedPoints,
  labelled,
  POOL,
  startCampaignAgent,
  truth,
  withCampaignAgent,
} from '../testing/campaign-agent.ts';
import { type StandIns, startStandIns } from '../testing/world.ts';

let standIns: StandIns;
let folder: TempFolder;
beforeAll(async () => {
  standIns = await startStandIns();
});
afterAll(() => standIns.stop());
beforeEach(async () => {
  folder = await createTempFolder();
});
afterEach(() => folder.remove());

const place = () => ({ folder, targets: standIns.targets });
const startAgent = () => startCampaignAgent(place());
const withAgent = <T>(work: (agent: CampaignAgent) => Promise<T>, nowMs?: number) =>
  withCampaignAgent(place(), work, nowMs);

describe('a campaign', () => {
  it('goes on over agents that do not run in between, with the points of one that does', async () => {
    const prices = { label: 1, accuracyPoint: 5, synthesis: 0 };
    /** Three rounds; each call goes to the agent that `call` gives it. */
    const run = async (call: <T>(work: (agent: CampaignAgent) => Promise<T>) => Promise<T>) => {
      const handed: string[] = [];
      await call(({ campaigns, settings }) =>
        campaigns.createCampaign({ id: 'phases', settings: { ...settings, prices } }),
      );
      for (let round = 0; round < 3; round++) {
        const points = await call(async ({ campaigns }) => {
          const asked = await campaigns.ask({ id: 'phases', who: 'ann', token: `ask-${round}`, count: 0 });
          expect(asked.campaign).toMatchObject({ labelled: 4 * round, pending: 4, advice: { stop: false, price: 4 } });
          return asked.points;
        });
        handed.push(...points.map(({ point, chosenBy }) => `${point} ${chosenBy}`));
        await call(({ campaigns }) => {
          const answers = points.toReversed().map(({ point, features }) => labelled(point, truth(features)));
          return campaigns.tell({ id: 'phases', who: 'ann', token: `tell-${round}`, answers });
        });
      }
      return handed;
    };
    const one = await startAgent();
    const whole = await run((work) => work(one));
    await one.stop();
    await folder.remove();
    folder = await createTempFolder();
    const first = await run((work) => withAgent(work));
    expect(first).toEqual(whole);
    expect(new Set(first.map((text) => text.split(' ')[0])).size).toBe(12);
    // A quarter at random, the first batch without a committee, then the default.
    const by = (round: number) => first.slice(4 * round, 4 * round + 4).map((text) => text.split(' ')[1]);
    expect(by(0)).toEqual(['random', 'core-set', 'core-set', 'core-set']);
    expect(by(1)).toEqual(['random', 'entropy', 'entropy', 'entropy']);
    await withAgent(async ({ campaigns }) => {
      const { campaign } = await campaigns.getCampaign({ id: 'phases' });
      expect(campaign).toMatchObject({ labelled: 12, pending: 0, poolSize: POOL, featureNames: ['field'] });
      expect(campaign?.rounds.map(({ labels }) => labels)).toEqual([4, 8]);
      await expect(campaigns.ask({ id: 'phases', who: 'ann', token: 'more', count: 0 })).rejects.toMatchObject({
        code: status.FAILED_PRECONDITION,
        details: 'the budget of 12 labels is used: 12 points have a label',
      });
    });
  });

  it('hands no point out twice to people who ask at once through several agents', async () => {
    const agents = await Promise.all([startAgent(), startAgent()]);
    await agents[0].campaigns.createCampaign({ id: 'phases', settings: agents[0].settings });
    const answers = await Promise.all(
      ['ann', 'bob', 'eve', 'joe'].map((who, i) =>
        agents[i % 2].campaigns.ask({ id: 'phases', who, token: who, count: 3 }),
      ),
    );
    const handed = answers.flatMap(({ points }) => points.map(({ point }) => point));
    expect(handed).toHaveLength(12);
    expect(new Set(handed).size).toBe(12);
    // The answer is lost, and the request is made again elsewhere.
    const again = await agents[1].campaigns.ask({ id: 'phases', who: 'ann', token: 'ann', count: 3 });
    expect(again.points).toEqual(answers[0].points);
    await Promise.all(agents.map((agent) => agent.stop()));
  });

  it('keeps who answered, how, and every correction', async () => {
    await withAgent(async (agent) => {
      const { campaigns, settings } = agent;
      await campaigns.createCampaign({ id: 'phases', settings });
      const { points } = await campaigns.ask({ id: 'phases', who: 'ann', token: '1', count: 2 });
      const [one, two] = points.map(({ point }) => point);
      const found = { backend: 'fridge 2', job: 'run 81', shots: 4000, measuredAt: new Date(86_400_000) };
      const provenance = { ...found, calibration: 'monday', margin: 0.25, marginError: 0.0625 };
      const told = (who: string, token: string, answers: Answer[]) =>
        campaigns.tell({ id: 'phases', who, token, answers });
      expect(await told('ann', '2', [labelled(one, 'low', { provenance })])).toMatchObject({ changed: 1 });
      expect(await told('ann', '3', [labelled(one, 'low', { provenance })])).toMatchObject({ changed: 0 });
      await expect(told('bob', '4', [labelled(one, 'high'), labelled(two, 'medium')])).rejects.toMatchObject({
        code: status.INVALID_ARGUMENT,
      });
      await told('bob', '5', [labelled(one, 'high', { correction: true })]);
      await told('ann', '6', [{ ...labelled(two, ''), outcome: { $case: 'withdrawn', value: true } }]);
      expect(await handedPoints(agent)).toMatchObject([
        { state: PointState.LABELLED, label: 'high', holder: 'ann', teller: 'bob', answers: 2 },
        { state: PointState.WITHDRAWN, label: '', holder: 'ann', teller: 'ann', answers: 1 },
      ]);
      await told('ann', '7', [labelled(one, 'low', { correction: true, provenance })]);
      expect((await handedPoints(agent))[0]).toMatchObject({ label: 'low', provenance, answers: 3 });
    });
  });

  it('names every wrong answer', async () => {
    await withAgent(async ({ campaigns, settings }) => {
      await campaigns.createCampaign({ id: 'phases', settings });
      const { points } = await campaigns.ask({ id: 'phases', who: 'ann', token: '1', count: 1 });
      const answers = [labelled(points[0].point, 'medium'), labelled('p99', 'low')];
      const error = await campaigns.tell({ id: 'phases', who: 'ann', token: '2', answers }).catch((e) => e);
      expect(violationsOf(error).map(({ field }) => field)).toEqual(['answers[0].label', 'answers[1].point']);
    });
  });

  it('hands a point out again once it is due back', async () => {
    const start = Date.now();
    const due = await withAgent(async ({ campaigns, settings }) => {
      const given = { ...settings, reservationSeconds: 3600, budget: 2 };
      await campaigns.createCampaign({ id: 'phases', settings: given });
      const { points } = await campaigns.ask({ id: 'phases', who: 'ann', token: '1', count: 2 });
      const refused = campaigns.ask({ id: 'phases', who: 'bob', token: '2', count: 1 });
      await expect(refused).rejects.toMatchObject({
        details: expect.stringContaining('2 without an answer are with ann'),
      });
      return points.map(({ point }) => point);
    }, start);
    // The log's own clock stamps events, some time after `start`.
    const later = start + 2 * 3_600_000;
    await withAgent(async ({ campaigns }) => {
      const { points, campaign } = await campaigns.ask({ id: 'phases', who: 'bob', token: '2', count: 40 });
      expect(points).toHaveLength(2);
      expect(campaign).toMatchObject({ pending: 0 });
      expect(due).toHaveLength(2);
    }, later);
  });

  it('is created once, and shares its ids with studies', async () => {
    await withAgent(async ({ campaigns, settings }) => {
      const created = await campaigns.createCampaign({ id: 'phases', settings });
      expect(await campaigns.createCampaign({ id: 'phases', settings })).toEqual(created);
      const other = campaigns.createCampaign({ id: 'phases', settings: { ...settings, budget: 13 } });
      await expect(other).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
      await expect(campaigns.getCampaign({ id: 'none' })).rejects.toMatchObject({ code: status.NOT_FOUND });
      expect((await campaigns.listCampaigns({})).campaigns).toEqual([created.campaign]);
    });
  });

  it('divides scores by the price of each label, and says what the next batch costs', async () => {
    await withAgent(async (agent) => {
      const { campaigns, settings, artifacts } = agent;
      const put = async (count: number, price: (row: number) => number) =>
        storeUnlabelled(
          artifacts,
          { count, features: 1, x: Float64Array.from({ length: count }, (_, row) => price(row)) },
          DataDescription.fromPartial({ featureNames: ['hours'] }),
        );
      const prices = { label: 0, accuracyPoint: 5, synthesis: 0 };
      // The points from p10 on cost a thousand times as much as the others.
      const costs = await put(POOL, (row) => (row < 10 ? 2 : 2000));
      const given = { ...settings, prices, costs, randomShare: 0 };
      await campaigns.createCampaign({ id: 'phases', settings: given });
      for (let round = 0; round < 2; round++) {
        const { points, campaign } = await campaigns.ask({ id: 'phases', who: 'ann', token: `ask-${round}`, count: 4 });
        expect(points.map(({ point, cost }) => [Number(point.slice(1)) < 10, cost])).toEqual(
          points.map(() => [true, 2]),
        );
        if (round > 0) expect(campaign?.advice).toMatchObject({ price: 8 });
        const answers = points.map(({ point, features }) => labelled(point, truth(features)));
        await campaigns.tell({ id: 'phases', who: 'ann', token: `tell-${round}`, answers });
      }
      expect(await handedPoints(agent)).toMatchObject(
        Array(8).fill({ asked: { cost: 2 }, askToken: expect.stringMatching(/^ask-/) }),
      );
      for (const wrong of [await put(POOL - 1, () => 1), await put(POOL, (row) => 3 - row)]) {
        const other = campaigns.createCampaign({ id: 'other', settings: { ...given, costs: wrong } });
        await expect(other).rejects.toMatchObject({
          code: status.INVALID_ARGUMENT,
          details: expect.stringContaining('settings.costs'),
        });
      }
    });
  });

  it('is refused with wrong settings, each by its field', async () => {
    const wrong: [Partial<CampaignSettings>, string][] = [
      [{ classNames: [] }, 'settings.class_names'],
      [{ classNames: ['a', 'a'] }, 'settings.class_names[1]'],
      [{ budget: 0 }, 'settings.budget'],
      [{ acquisition: 'best' }, 'settings.acquisition'],
      [{ randomShare: 2 }, 'settings.random_share'],
      [{ prices: { label: 1, accuracyPoint: 0, synthesis: 0 } }, 'settings.prices.accuracy_point'],
      [{ pool: undefined }, 'settings.pool'],
    ];
    await withAgent(async ({ campaigns, settings }) => {
      for (const [part, field] of wrong) {
        const given = { ...settings, ...part };
        const error = await campaigns.createCampaign({ id: 'phases', settings: given }).catch((e) => e);
        expect(error).toMatchObject({ code: status.INVALID_ARGUMENT });
        expect(violationsOf(error).map((violation) => violation.field)).toEqual([field]);
      }
      expect((await campaigns.listCampaigns({})).campaigns).toEqual([]);
    });
  });
});
