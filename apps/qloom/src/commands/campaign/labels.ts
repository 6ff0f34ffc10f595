import type { Command } from 'commander';
import { addCampaignOptions, CAMPAIGN_HELP } from '../../campaign/campaign-options.ts';
import type { CampaignFlags } from '../../campaign/with-campaign.ts';
import { UsageError } from '../../command/errors.ts';
import { requireFilePlace } from '../../command/file-place.ts';

interface LabelsFlags extends CampaignFlags {
  readonly page?: string;
  readonly test?: string;
}

const HELP = `
Each row has who told the label and when, and how it was found. A study reads the file with these columns ignored.

--page trains QNNs on the first labels of the campaign, ever more of them, and draws their accuracy beside that with labels chosen at random alone. It is
measured on the latter, or on the points of --test, a CSV with the features of the campaign and a column "label".
${CAMPAIGN_HELP}

Examples:
  $ qloom labels phases > labels.csv
  $ qloom labels phases --page phases.html > labels.csv`;

/** `qloom labels`. */
export function addLabelsCommand(program: Command): void {
  addCampaignOptions(
    program
      .command('labels')
      .description('print the points of a campaign that have a label, as CSV, and draw what they are worth')
      .argument('<campaign>', 'name of the campaign'),
  )
    .option('--page <file>', 'write an HTML page of the campaign to this file')
    .option('--test <file>', 'CSV of points with known labels, for --page')
    .addHelpText('after', HELP)
    .action(printLabels);
}

async function printLabels(id: string, flags: LabelsFlags): Promise<void> {
  const { page, test } = flags;
  if (test !== undefined && page === undefined) throw new UsageError('--test: is for a page; give --page too');
  if (page !== undefined) requireFilePlace('--page', page);
  const { withCampaign } = await import('../../campaign/with-campaign.ts');
  const { handedPoints } = await import('../../campaign/ask-points.ts');
  const { labelledCsv } = await import('../../campaign/points-csv.ts');
  const { campaignText } = await import('../../campaign/campaign-text.ts');
  const { campaign, points } = await withCampaign(id, flags, (clients) => handedPoints(clients, id));
  if (page !== undefined) await writePage();
  process.stdout.write(labelledCsv(campaign.featureNames, points));
  process.stderr.write(campaignText(campaign));

  async function writePage(): Promise<void> {
    const { createStatusLine } = await import('../../terminal/status-line.ts');
    const { listenForInterrupt } = await import('../../run/interrupt.ts');
    const { writeCampaignPage } = await import('../../campaign/write-campaign-page.ts');
    const { differenceText } = await import('../../campaign/page/section-curves.ts');
    const interrupt = listenForInterrupt();
    const line = createStatusLine(process.stderr);
    try {
      const onProgress = (done: number, of: number) => line.show(`training QNNs on the first labels ${done}/${of}`);
      const { signal } = interrupt;
      const curves = await writeCampaignPage(campaign, points, { page: page ?? '', test, signal, onProgress });
      line.end();
      if (curves !== null) process.stderr.write(`${differenceText(curves)}\n`);
    } finally {
      line.end();
      interrupt.dispose();
    }
  }
}
