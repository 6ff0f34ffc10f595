import type { Command } from 'commander';
import { addCampaignOptions, CAMPAIGN_HELP } from '../../campaign/campaign-options.ts';
import type { CampaignFlags } from '../../campaign/with-campaign.ts';

const HELP = `
Each row has who told the label and when, and how it was found. A study reads the file with these columns ignored.
${CAMPAIGN_HELP}

Examples:
  $ qloom labels phases > labels.csv`;

/** `qloom labels`. */
export function addLabelsCommand(program: Command): void {
  addCampaignOptions(
    program
      .command('labels')
      .description('print the points of a campaign that have a label, as CSV')
      .argument('<campaign>', 'name of the campaign'),
  )
    .addHelpText('after', HELP)
    .action(async (id: string, flags: CampaignFlags) => {
      const { withCampaign } = await import('../../campaign/with-campaign.ts');
      const { handedPoints } = await import('../../campaign/ask-points.ts');
      const { labelledCsv } = await import('../../campaign/points-csv.ts');
      const { campaignText } = await import('../../campaign/campaign-text.ts');
      const { campaign, points } = await withCampaign(id, flags, (clients) => handedPoints(clients, id));
      process.stdout.write(labelledCsv(campaign.featureNames, points));
      process.stderr.write(campaignText(campaign));
    });
}
