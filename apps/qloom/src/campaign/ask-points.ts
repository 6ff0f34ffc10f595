import {
  type AskRequest,
  Campaign,
  type CampaignPoint,
  PointState,
} from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { untilAnswered } from '../run/follow-study.ts';
import { campaignText } from './campaign-text.ts';
import { askedCsv } from './points-csv.ts';
import type { CampaignClients } from './with-campaign.ts';

/** Points as CSV, and the state of their campaign as text. */
export interface PrintedPoints {
  readonly csv: string;
  readonly summary: string;
}

/** Asks for points. */
export async function askPoints({ campaigns, signal }: CampaignClients, request: AskRequest): Promise<PrintedPoints> {
  const answer = await untilAnswered(() => campaigns.ask(request, { signal }), { signal });
  const campaign = answer.campaign ?? Campaign.fromPartial({ id: request.id });
  return { csv: askedCsv(campaign.featureNames, answer.points), summary: campaignText(campaign) };
}

/** The points that are with a person, and have no answer. */
export async function pendingPoints(clients: CampaignClients, id: string, who: string): Promise<PrintedPoints> {
  const { campaign, points } = await handedPoints(clients, id);
  const held = points.filter(({ state, holder }) => state === PointState.PENDING && holder === who);
  return {
    csv: askedCsv(
      campaign.featureNames,
      held.flatMap(({ asked }) => (asked === undefined ? [] : [asked])),
    ),
    summary: campaignText(campaign),
  };
}

/** Every point that was handed out, and the campaign. */
export async function handedPoints(
  { campaigns, signal }: Pick<CampaignClients, 'campaigns' | 'signal'>,
  id: string,
): Promise<{ readonly campaign: Campaign; readonly points: readonly CampaignPoint[] }> {
  const { campaign } = await untilAnswered(() => campaigns.getCampaign({ id }, { signal }), { signal });
  const points = await untilAnswered(
    async () => {
      const read: CampaignPoint[] = [];
      for await (const { point } of campaigns.listPoints({ id }, { signal })) if (point !== undefined) read.push(point);
      return read;
    },
    { signal },
  );
  return { campaign: campaign ?? Campaign.fromPartial({ id }), points };
}
