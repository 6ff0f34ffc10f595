import { CampaignServiceService } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import type { Campaigns } from '../study/campaign/campaigns.ts';

/** CampaignService over the campaigns of one log. */
export function createCampaignService(campaigns: Campaigns): ServiceBinding {
  return bindService(CampaignServiceService, {
    async createCampaign({ id, settings }, { signal }) {
      return { campaign: await campaigns.create(id, settings, signal) };
    },
    async getCampaign({ id }) {
      return { campaign: await campaigns.get(id) };
    },
    async listCampaigns() {
      return { campaigns: await campaigns.list() };
    },
    async *listPoints({ id }) {
      for (const point of await campaigns.points(id)) yield { point };
    },
    ask: (request, { signal }) => campaigns.ask(request, signal),
    tell: (request) => campaigns.tell(request),
  });
}
