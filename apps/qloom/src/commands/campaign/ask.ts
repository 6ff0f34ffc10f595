import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { addCampaignOptions, CAMPAIGN_HELP, userName } from '../../campaign/campaign-options.ts';
import type { CampaignFlags } from '../../campaign/with-campaign.ts';
import { wholeNumber } from '../../command/numbers.ts';

interface AskFlags extends CampaignFlags {
  readonly who: string;
  readonly count: number;
  readonly pending?: boolean;
}

const HELP = `
Points come as CSV with empty columns to fill in: label, and where they are known measured_at, backend, job and shots. A point is with one
person until it is told, given back (qloom tell --withdraw) or due back (qloom acquire --reserve).
${CAMPAIGN_HELP}

Examples:
  $ qloom ask phases > points.csv
  $ qloom ask phases --count 8 --who ann > ann.csv
  $ qloom ask phases --pending > points.csv`;

/** `qloom ask`. */
export function addAskCommand(program: Command): void {
  addCampaignOptions(
    program
      .command('ask')
      .description('print the points to label next, as CSV')
      .argument('<campaign>', 'name of the campaign'),
  )
    .option('--who <name>', 'to whom they are handed out', userName())
    .option('--count <n>', 'number of points; 0: as many as the campaign hands out at a time', wholeNumber(0, 1000), 0)
    .option('--pending', 'print those that are with this person already, and no others')
    .addHelpText('after', HELP)
    .action(async (id: string, { who, count, pending, ...flags }: AskFlags) => {
      const { withCampaign } = await import('../../campaign/with-campaign.ts');
      const { askPoints, pendingPoints } = await import('../../campaign/ask-points.ts');
      const { csv, summary } = await withCampaign(
        id,
        flags,
        (clients) =>
          pending ? pendingPoints(clients, id, who) : askPoints(clients, { id, who, count, token: randomUUID() }),
        { trains: !pending },
      );
      process.stdout.write(csv);
      process.stderr.write(summary);
    });
}
