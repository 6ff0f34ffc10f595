import { status } from '@grpc/grpc-js';
import type { CampaignSettings } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { QnnArm } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { type CampaignAgent, labelled, truth, withCampaignAgent } from '../testing/campaign-agent.ts';
import { standInGenerator } from '../testing/stand-in-services.ts';
import { type StandIns, startStandIns } from '../testing/world.ts';

let standIns: StandIns;
let folder: TempFolder;
/** Arms that the simulator was asked for, and numbers of points that the generator was asked for, in the order of the calls. */
let arms: QnnArm[][] = [];
let sampled: number[][] = [];
/** Arms of each fold of a cross-validation. */
let folds: QnnArm[][] = [];
let seeds: number[] = [];
/** What the generator answers to a fit. */
let fault: DomainError | null = null;
beforeAll(async () => {
  standIns = await startStandIns({
    onFit(settings) {
      if (fault !== null) throw fault;
      seeds.push(settings.seed);
    },
    onSample: ({ classCounts }) => void sampled.push(classCounts),
    onEvaluate({ arms: asked, probabilities, qnn }) {
      // One step is the question whether the simulator takes the settings.
      if (qnn?.steps !== 1) (probabilities ? arms : folds).push(asked);
    },
  });
});
afterAll(() => standIns.stop());
beforeEach(async () => {
  folder = await createTempFolder();
  [arms, sampled, seeds, folds, fault] = [[], [], [], [], null];
});
afterEach(() => folder.remove());

const withAgent = <T>(work: (agent: CampaignAgent) => Promise<T>) =>
  withCampaignAgent({ folder, targets: standIns.targets }, work);

/** A campaign with some labels. */
async function begin({ campaigns, settings }: CampaignAgent, part: Partial<CampaignSettings>, count = 4) {
  await campaigns.createCampaign({ id: 'phases', settings: { ...settings, ...part } });
  const { points } = await campaigns.ask({ id: 'phases', who: 'ann', token: 'ask', count });
  const answers = points.map(({ point, features }) => labelled(point, truth(features)));
  await campaigns.tell({ id: 'phases', who: 'ann', token: 'tell', answers });
}
const next = ({ campaigns }: CampaignAgent) => campaigns.ask({ id: 'phases', who: 'ann', token: 'next', count: 3 });

describe('the points of a campaign’s committee', () => {
  it('are those of a method of the generator, the same in every run', async () => {
    const runs: unknown[] = [];
    for (let run = 0; run < 2; run++) {
      await withAgent(async (agent) => {
        await begin(agent, { synthesis: 'gaussian' });
        expect(sampled).toEqual([]);
        const { points, campaign } = await next(agent);
        const counts = campaign!.classCounts;
        // Two labels of a class are needed; `synthRatio` is at most 8.
        const wanted = counts.map((count) => (count > 1 ? 8 * count : 0));
        expect(sampled).toEqual([wanted]);
        expect(arms).toEqual([[QnnArm.AUGMENTED]]);
        expect(campaign!.rounds).toMatchObject([{ labels: 4, synthetic: wanted[0] + wanted[1], refusal: '' }]);
        runs.push([points, seeds]);
      });
      await folder.remove();
      folder = await createTempFolder();
      [arms, sampled, seeds] = [[], [], []];
    }
    expect(runs[1]).toEqual(runs[0]);
  });

  it('are left out where the generator refuses these labels, and the round says why', async () => {
    await withAgent(async (agent) => {
      await begin(agent, { synthesis: 'gaussian' });
      fault = new DomainError('invalid', 'the classes lie in a line');
      const { campaign } = await next(agent);
      expect(arms).toEqual([[QnnArm.REAL_ONLY]]);
      expect(campaign!.rounds).toMatchObject([{ synthetic: 0, refusal: expect.stringContaining('lie in a line') }]);
    });
  });

  it('are waited for where the generator is away: the call fails, and nothing is written', async () => {
    await withAgent(async (agent) => {
      await begin(agent, { synthesis: 'gaussian' });
      fault = new DomainError('unavailable', 'draining');
      await expect(next(agent)).rejects.toMatchObject({ code: status.UNAVAILABLE });
      const { campaign } = await agent.campaigns.getCampaign({ id: 'phases' });
      expect(campaign).toMatchObject({ pending: 0, rounds: [] });
      fault = null;
      expect((await next(agent)).points).toHaveLength(3);
    });
  });

  it('are none by default where the generator has no prior, and where the setting says so', async () => {
    await withAgent(async (agent) => {
      await begin(agent, {});
      const { campaign } = await next(agent);
      expect(campaign).toMatchObject({ settings: { synthesis: 'none' }, rounds: [{ synthetic: 0, refusal: '' }] });
      expect(arms).toEqual([[QnnArm.REAL_ONLY]]);
      const again = await agent.campaigns.createCampaign({
        id: 'phases',
        settings: { ...agent.settings, synthesis: 'none' },
      });
      expect(again.campaign?.settings?.synthesis).toBe('none');
      const other = agent.campaigns.createCampaign({
        id: 'phases',
        settings: { ...agent.settings, synthesis: 'noise' },
      });
      await expect(other).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
    });
  });

  it('are added by the policy agent by what they change in cross-validation, and the round says it', async () => {
    const rounds = await withAgent(async (agent) => {
      await begin(agent, { synthesis: 'gaussian', acquisition: 'agent', randomShare: 0 }, 8);
      const { points, campaign } = await next(agent);
      expect(points.map(({ chosenBy }) => chosenBy)).toEqual(['entropy', 'entropy', 'entropy']);
      return campaign!.rounds;
    });
    expect(folds.length).toBeGreaterThan(1);
    // A fold whose training labels have one of each class has no points.
    for (const asked of folds) expect([[QnnArm.REAL_ONLY], [QnnArm.REAL_ONLY, QnnArm.AUGMENTED]]).toContainEqual(asked);
    expect(arms).toEqual([[QnnArm.AUGMENTED]]);
    // Two clusters far apart: nothing can be gained.
    expect(rounds).toMatchObject([{ synthetic: 64, acquisition: 'entropy', synthesisGain: { real: 1, augmented: 1 } }]);
  });

  it('are left out by the policy agent where they cost more than they are worth', async () => {
    await withAgent(async (agent) => {
      const prices = { label: 1, accuracyPoint: 1, synthesis: 1 };
      await begin(agent, { synthesis: 'gaussian', acquisition: 'agent', randomShare: 0, prices }, 8);
      const { points, campaign } = await next(agent);
      expect(points.map(({ chosenBy }) => chosenBy)).toEqual(['core-set', 'core-set', 'core-set']);
      expect(arms).toEqual([[QnnArm.REAL_ONLY]]);
      expect(campaign!.rounds).toMatchObject([{ synthetic: 0, acquisition: 'core-set', synthesisGain: { real: 1 } }]);
    });
  });

  it('are by default those of the prior where the generator offers it, and those of a generator with one method where they are asked for', async () => {
    const choices = ['gan', 'prior'];
    const prior = await startTestServer(
      standInGenerator({}, [{ name: 'method', kind: 'categorical', choices, default: 'gan' }]),
    );
    const single = await startTestServer(
      standInGenerator({ onSample: (settings) => void sampled.push(settings.classCounts) }, []),
    );
    const create = (generator: string, id: string, synthesis: string) =>
      withCampaignAgent({ folder, targets: { ...standIns.targets, generator } }, async ({ campaigns, settings }) => {
        const { campaign } = await campaigns.createCampaign({ id, settings: { ...settings, synthesis } });
        return campaign?.settings?.synthesis;
      });
    expect(await create(prior.target, 'one', '')).toBe('prior');
    // The campaign keeps it, whatever the generator offers later.
    expect(await create(single.target, 'one', '')).toBe('prior');
    expect(await create(single.target, 'two', '')).toBe('none');
    await withCampaignAgent({ folder, targets: { ...standIns.targets, generator: single.target } }, async (agent) => {
      await begin(agent, { synthesis: 'generator' });
      const { campaign } = await next(agent);
      expect(campaign!.rounds).toMatchObject([{ synthetic: sampled[0].reduce((sum, count) => sum + count, 0) }]);
      expect(sampled).toHaveLength(1);
    });
    await Promise.all([prior.stop(), single.stop()]);
  });

  it.each(['gan-2', 'generator'])('cannot be those of %j, which the generator does not have', async (synthesis) => {
    await withAgent(async ({ campaigns, settings }) => {
      const error = await campaigns
        .createCampaign({ id: 'phases', settings: { ...settings, synthesis } })
        .catch((e) => e);
      expect(violationsOf(error).map(({ field }) => field)).toEqual(['settings.synthesis']);
    });
  });
});
