import { type CampaignLog, rightCampaigns } from '../testing/campaign/right-campaign.ts';
import { WRONG_CAMPAIGNS } from '../testing/campaign/wrong-campaigns.ts';
import { failuresOf, findingOf, runSuiteOn } from '../testing/run-suite.ts';

/** Instances that share a log. */
function overOneLog() {
  const log: CampaignLog = { campaigns: new Map(), pool: new Float64Array(0) };
  return () => rightCampaigns(log);
}

describe('the checks of campaigns', () => {
  it('pass right ones, and skip nothing', async () => {
    const results = await runSuiteOn('campaign', overOneLog());
    expect(failuresOf(results)).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'skipped')).toEqual([]);
  });

  it.each(WRONG_CAMPAIGNS)('find those of a service that $fault', async (wrong) => {
    expect(await findingOf('campaign', overOneLog(), wrong)).toMatch(wrong.found[1]);
  });
});
