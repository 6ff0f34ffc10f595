import { ACQUISITION_POLICIES, type AcquisitionPolicyName } from '@qloom/acquisition/policies/policy-table.ts';
import type { Command } from 'commander';
import { addCampaignOptions, CAMPAIGN_HELP, list } from '../../campaign/campaign-options.ts';
import type { CampaignFlags } from '../../campaign/with-campaign.ts';
import { UsageError } from '../../command/errors.ts';
import { realNumber, wholeNumber } from '../../command/numbers.ts';
import { isStudyName, studyNameRule } from '../../study-file/study-name.ts';

interface AcquireFlags extends CampaignFlags {
  readonly pool: string;
  readonly classes: readonly string[];
  readonly ignore: readonly string[];
  readonly budget: number;
  readonly batch: number;
  readonly policy: string;
  readonly points?: string;
  readonly randomShare?: number;
  readonly reserve: number;
  readonly seed: number;
  readonly qubits?: number;
  readonly layers?: number;
  readonly price?: number;
  readonly cost?: string;
  readonly worth?: number;
  readonly pointsPrice?: number;
  readonly json?: boolean;
}

const NAMES = Object.keys(ACQUISITION_POLICIES) as AcquisitionPolicyName[];

const HELP = `
Policies:
${NAMES.map((name) => `  ${name.padEnd(10)}${ACQUISITION_POLICIES[name].summary}`).join('\n')}
${CAMPAIGN_HELP}

Examples:
  $ qloom acquire phases --pool unlabelled.csv --classes ordered,disordered --budget 40
  $ qloom ask phases > points.csv
  $ qloom tell phases points.csv`;

/** `qloom acquire`. */
export function addAcquireCommand(program: Command): void {
  addCampaignOptions(
    program
      .command('acquire')
      .description('start to label by hand: a campaign that chooses which points to label next')
      .argument('<campaign>', 'its name'),
  )
    .requiredOption('--pool <file>', 'CSV of points without labels; the first line names the features')
    .requiredOption('--classes <names>', 'names of the classes: a,b,…', list, [])
    .requiredOption('--budget <n>', 'most labels', wholeNumber(1, 100_000))
    .option('--ignore <columns>', 'columns of the file that are no features', list, [])
    .option('--batch <n>', 'points of one ask', wholeNumber(1, 1000), 4)
    .option('--policy <name>', 'what chooses the points', 'entropy')
    .option(
      '--points-price <n>',
      'price of the synthetic points of one round, such as their time; with --price',
      realNumber(0),
    )
    .option(
      '--points <method>',
      'points of the generator on which the committee is trained besides the labels: a baseline, or none (default: prior)',
    )
    .option('--random-share <share>', 'share of the points that is chosen at random (default: 0.25)', realNumber(0, 1))
    .option(
      '--reserve <hours>',
      'hours after which a point without an answer may go to another person; 0: never',
      wholeNumber(0, 87_600),
      0,
    )
    .option('--seed <n>', 'seed', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--qubits <n>', 'qubits of the QNNs of the committee', wholeNumber(1, 20))
    .option('--layers <n>', 'layers of their ansatz', wholeNumber(1, 1000))
    .option('--price <n>', 'price of a label, in any unit; with --worth', realNumber(0))
    .option('--cost <column>', 'column of the file with the price of the label of each point, in place of --price')
    .option('--worth <n>', 'worth of one percentage point of accuracy, in the same unit', realNumber(0))
    .option('--json', 'print the campaign as JSON')
    .addHelpText('after', HELP)
    .action(async (id: string, flags: AcquireFlags) => {
      if (!isStudyName(id)) throw new UsageError(`campaign ${JSON.stringify(id)}: ${studyNameRule(id)}`);
      const { price, cost, worth } = flags;
      if (price !== undefined && cost !== undefined) {
        throw new UsageError('--price and --cost: both are given; right would be one of the two');
      }
      if (price !== undefined && worth === undefined) {
        throw new UsageError('--price: is given without --worth; right would be both or neither');
      }
      if (worth !== undefined && price === undefined && cost === undefined) {
        throw new UsageError('--worth: is given without a price; right would be --price or --cost with it');
      }
      if (flags.pointsPrice !== undefined && flags.price === undefined) {
        throw new UsageError('--points-price: is given without --price; right would be both, or neither');
      }
      const { acquire } = await import('../../campaign/acquire.ts');
      await acquire(id, flags);
    });
}
