import { Campaign, CampaignSettings } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { untilAnswered } from '../run/follow-study.ts';
import { putUnlabelled } from '../run/source-files.ts';
import { campaignText } from './campaign-text.ts';
import { readCosts, readPool } from './read-pool.ts';
import { type CampaignFlags, withCampaign } from './with-campaign.ts';

/** Options of `qloom acquire`. */
export interface AcquireOptions extends CampaignFlags {
  readonly pool: string;
  readonly classes: readonly string[];
  readonly ignore: readonly string[];
  readonly budget: number;
  readonly batch: number;
  readonly policy: string;
  /** Method of the generator, or `none`; absent: the agent's default. */
  readonly points?: string;
  readonly randomShare?: number;
  /** Hours; 0: points are not handed out again by themselves. */
  readonly reserve: number;
  readonly seed: number;
  readonly qubits?: number;
  readonly layers?: number;
  readonly price?: number;
  /** Column of the file with the price of the label of each point. */
  readonly cost?: string;
  readonly worth?: number;
  readonly pointsPrice?: number;
  readonly json?: boolean;
}

/** Creates a campaign, or finds that it is there already with the same settings. */
export async function acquire(id: string, flags: AcquireOptions): Promise<void> {
  const { price = 0, worth, cost } = flags;
  const costs = cost === undefined ? undefined : readCosts(flags.pool, cost);
  const pool = readPool(flags.pool, cost === undefined ? flags.ignore : [...flags.ignore, cost]);
  await withCampaign(
    id,
    flags,
    async ({ agent, campaigns, signal }) => {
      const settings = CampaignSettings.fromPartial({
        seed: flags.seed,
        pool: await putUnlabelled(agent, pool, { signal }),
        classNames: [...flags.classes],
        budget: flags.budget,
        batch: flags.batch,
        acquisition: flags.policy,
        synthesis: flags.points,
        randomShare: flags.randomShare,
        reservationSeconds: 3600 * flags.reserve,
        qnn: { qubits: flags.qubits, layers: flags.layers },
        prices: worth === undefined ? undefined : { label: price, accuracyPoint: worth, synthesis: flags.pointsPrice },
        costs: costs && (await putUnlabelled(agent, costs, { signal })),
      });
      const { campaign } = await untilAnswered(() => campaigns.createCampaign({ id, settings }, { signal }), {
        signal,
      });
      const shown = campaign ?? Campaign.fromPartial({ id });
      process.stdout.write(flags.json ? `${JSON.stringify(Campaign.toJSON(shown), null, 2)}\n` : campaignText(shown));
    },
    { creates: true },
  );
}
