import { CampaignServiceService } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { serviceName } from '@qloom/service-kit/server/definition.ts';
import { connectInstances } from '../shared/instances.ts';
import { offeredServicesChecks } from '../shared/offered-services.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { askChecks } from './ask-checks.ts';
import { campaignBench } from './campaign-call.ts';
import { tellChecks } from './tell-checks.ts';

/** The checks of a CampaignService, at an address that serves AgentService.PutDataset too. A second instance must have the same log. */
export function campaignSuite(options: SuiteOptions): Suite {
  const instances = connectInstances(CampaignServiceService, options);
  const bench = campaignBench(instances, options);
  return {
    checks: [
      ...offeredServicesChecks(options, [serviceName(CampaignServiceService)]),
      ...askChecks(bench),
      ...tellChecks(bench),
    ],
    close: () => instances.close(),
  };
}
