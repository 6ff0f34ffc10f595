import type { Command } from 'commander';
import { addCampaignOptions, CAMPAIGN_HELP, list, userName } from '../../campaign/campaign-options.ts';
import type { CampaignFlags } from '../../campaign/with-campaign.ts';
import { UsageError } from '../../command/errors.ts';

interface TellFlags extends CampaignFlags {
  readonly who: string;
  readonly correct?: boolean;
  readonly withdraw: readonly string[];
  readonly exclude: readonly string[];
}

const HELP = `
The file has the columns point and label, and may have measured_at, backend, job and shots; others play no part, and rows without a label
are left out. Answers may come in any order and in parts: the same file may be told again once more of it is filled in. All answers of a
command are taken, or none.
${CAMPAIGN_HELP}

Examples:
  $ qloom tell phases points.csv
  $ qloom tell phases corrected.csv --correct
  $ qloom tell phases --withdraw p3,p17
  $ qloom tell phases --exclude p9`;

/** `qloom tell`. */
export function addTellCommand(program: Command): void {
  addCampaignOptions(
    program
      .command('tell')
      .description('tell the labels of points that qloom ask handed out')
      .argument('<campaign>', 'name of the campaign')
      .argument('[answers]', 'CSV of answers'),
  )
    .option('--who <name>', 'who answers', userName())
    .option('--correct', 'replace answers that are there')
    .option('--withdraw <points>', 'give points back, and take their labels back', list, [])
    .option('--exclude <points>', 'points that cannot be labelled', list, [])
    .addHelpText('after', HELP)
    .action(async (id: string, path: string | undefined, { who, correct = false, ...flags }: TellFlags) => {
      const { readText } = await import('../../campaign/read-pool.ts');
      const { outcomeOf, readAnswers } = await import('../../campaign/read-answers.ts');
      const { tellAnswers } = await import('../../campaign/tell-answers.ts');
      const { campaignText } = await import('../../campaign/campaign-text.ts');
      const { withCampaign } = await import('../../campaign/with-campaign.ts');
      const file =
        path === undefined ? { answers: [], lines: [], open: 0 } : readAnswers(path, readText(path), correct);
      const answers = [
        ...file.answers,
        ...outcomeOf(flags.withdraw, 'withdrawn', correct),
        ...outcomeOf(flags.exclude, 'excluded', correct),
      ];
      const places = [
        ...file.lines.map((line) => `${path}:${line}`),
        ...flags.withdraw.map(() => '--withdraw'),
        ...flags.exclude.map(() => '--exclude'),
      ];
      if (answers.length === 0) {
        throw new UsageError(
          path === undefined
            ? 'no answers are given: name a file, or --withdraw or --exclude'
            : `${path}: no row has a label`,
        );
      }
      const { changed, campaign } = await withCampaign(id, flags, (clients) =>
        tellAnswers(clients, { id, who, answers, places }),
      );
      const same = answers.length - changed;
      process.stdout.write(
        `${changed} of ${answers.length} answers taken${same > 0 ? `, ${same} told before` : ''}${file.open > 0 ? `; ${file.open} rows have no label yet` : ''}\n`,
      );
      if (campaign !== undefined) process.stdout.write(campaignText(campaign));
    });
}
