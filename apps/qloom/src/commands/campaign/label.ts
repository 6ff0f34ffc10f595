import { type Command, Option } from 'commander';
import { addCampaignOptions, CAMPAIGN_HELP } from '../../campaign/campaign-options.ts';
import type { CampaignFlags, ExperimentFlags } from '../../campaign/with-campaign.ts';
import { UsageError } from '../../command/errors.ts';
import { realNumber, wholeNumber } from '../../command/numbers.ts';
import type { LabelOptions } from '../../label/run-labelling.ts';
import { createStatusLine } from '../../terminal/status-line.ts';

const HELP = `
The backend is handed out points as backend:<name>, runs the circuit with the features of each as inputs x0, x1, …, and tells the class: of two classes
the first where the expectation of the observable is above 0, with an observable for each class that of the largest. A point gets four times as many
shots while its class is not decided at two standard errors, up to --most-shots; one that is not decided then gets the class all the same,
and its margin and standard error are in qloom labels.

Without a budget the quote is printed and nothing is run. The same command continues after Ctrl-C or a crash, asks for no point twice and pays for no job
twice. It ends once the labels of the campaign are told, once they are not worth their price, or where the budget has no room for the
next measurement. Budgets cap all runs of the campaign on the backend together, earlier ones included.
Backends are those of the file --backends (default: QLOOM_BACKENDS_FILE, else one exact simulator, "simulator").
${CAMPAIGN_HELP}
With --agent or --context, --experiment names the experiment service beside that agent.

Examples:
  $ qloom label phases --circuit phase.qasm --observable Z0                            the quote
  $ qloom label phases --circuit phase.qasm --observable Z0 --budget 0                 on the simulator, which is free
  $ qloom label phases --circuit phase.qasm --observable "Z0 Z1" --backends lab.yaml --backend noisy --budget 12.5
  $ qloom label digits --circuit d.qasm --observable Z0 --observable Z1 --observable Z2 --budget-shots 100000`;

type LabelFlags = CampaignFlags & ExperimentFlags & LabelOptions;

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** `qloom label`. */
export function addLabelCommand(program: Command): void {
  addCampaignOptions(
    program
      .command('label')
      .description('let a quantum computer, or a simulator in its place, label the points of a campaign')
      .argument('<campaign>', 'name of the campaign'),
  )
    .requiredOption('--circuit <file>', 'OpenQASM program whose inputs x0, x1, … are the features')
    .option('--observable <sum>', 'such as Z0 or "0.5*Z0 Z1 - X2"; once, or once for each class', collect, [])
    .option('--backend <name>', 'where circuits are run', 'simulator')
    .option('--backends <file>', 'YAML file of backends')
    .addOption(
      new Option('--experiment <address>', 'experiment service to use in place of one of its own').env(
        'QLOOM_EXPERIMENT_TARGET',
      ),
    )
    .option('--shots <n>', 'shots of the first measurement of a point', wholeNumber(1, 1_000_000), 256)
    .option('--most-shots <n>', 'most shots of a point', wholeNumber(1, 100_000_000), 4096)
    .option('--budget <cost>', "most that may be charged, in the backend's unit", realNumber(0))
    .option('--budget-shots <n>', 'most shots that may be taken', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--remeasure', 'first measure labels again that a change of the calibration may have made wrong')
    .option('--seed <n>', 'seed of a simulated backend', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', HELP)
    .action(async (id: string, flags: LabelFlags) => {
      if (flags.observable.length === 0)
        throw new UsageError('--observable: is not given; right would be one such as Z0');
      const [{ withCampaign }, { runLabelling }] = await Promise.all([
        import('../../campaign/with-campaign.ts'),
        import('../../label/run-labelling.ts'),
      ]);
      const line = createStatusLine(process.stderr);
      const { experiment, backends } = flags;
      try {
        await withCampaign(
          id,
          flags,
          (clients) => runLabelling(id, flags, clients, line, (text) => process.stdout.write(text)),
          {
            trains: flags.budget !== undefined || flags.budgetShots !== undefined,
            experiment: { experiment, backends },
          },
        );
      } catch (error) {
        line.end();
        if (isInterrupted(error)) {
          process.stderr.write('interrupted; the same command continues, and pays for nothing twice\n');
        }
        throw error;
      }
    });
}

const isInterrupted = (error: unknown): boolean => error instanceof Error && error.name === 'InterruptedError';
