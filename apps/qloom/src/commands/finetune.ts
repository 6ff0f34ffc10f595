import type { Backend } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../command/errors.ts';
import { realNumber, wholeNumber } from '../command/numbers.ts';
import { stateText } from '../experiment/cost-text.ts';
import type { FinetuneIdentity } from '../finetune/finetune-record.ts';
import { listenForInterrupt } from '../run/interrupt.ts';
import { findRun } from '../run-folder/find-run.ts';
import { lockFolder } from '../run-folder/lock.ts';
import { shownPath } from '../terminal/format.ts';
import { createStatusLine } from '../terminal/status-line.ts';

const MITIGATIONS = ['readout', 'zne'] as const;

interface FinetuneFlags {
  readonly backend: string;
  readonly backends?: string;
  readonly experiment?: string;
  readonly steps: number;
  readonly batch: number;
  readonly shots: number;
  readonly learningRate?: number;
  readonly budget?: number;
  readonly budgetShots?: number;
  readonly mitigate: readonly string[];
  readonly test?: string;
  readonly parameters?: string;
  readonly testPoints: number;
  readonly testShots: number;
  readonly name: string;
  readonly seed: number;
  readonly out: string;
  readonly json?: boolean;
}

const HELP = `
The QNN is trained in simulation on the synthetic points that the study added (on its real points where it added none),
then on the backend by parameter shift, on real and synthetic points together, and scored on the backend before and after.
Without a budget the quote is printed and nothing is run. Every step is kept: the same command continues after Ctrl-C or
a crash, pays for no step twice, and takes further steps where --steps is larger. --steps 0 only scores the QNN there, beside
its exact simulation.

Budgets cap all runs of the study on the backend together, earlier ones included. Backends are those of the file
--backends (default: QLOOM_BACKENDS_FILE, else one exact simulator, "simulator").

Examples:
  $ qloom finetune quickstart --steps 5                            the quote
  $ qloom finetune quickstart --steps 5 --budget 0                 on the simulator, which is free
  $ qloom finetune quickstart --steps 0 --budget 0 --parameters tuned.json --name again   its accuracy there
  $ qloom finetune my-study --backends lab.yaml --backend noisy --steps 20 --shots 50000 --budget 12.5 --mitigate readout,zne`;

/** `qloom finetune`. */
export function addFinetuneCommand(program: Command): void {
  program
    .command('finetune')
    .description("train a study's QNN further on a quantum computer, or on a simulator in its place")
    .argument('<run>', 'run folder or study')
    .option('--backend <name>', 'where circuits are run', 'simulator')
    .option('--backends <file>', 'YAML file of backends')
    .addOption(
      new Option('--experiment <address>', 'experiment service to use in place of one of its own').env(
        'QLOOM_EXPERIMENT_TARGET',
      ),
    )
    .option('--steps <n>', 'steps from the first', wholeNumber(0, 10_000), 10)
    .option('--batch <n>', 'points of a step', wholeNumber(1, 4096), 8)
    .option('--shots <n>', 'shots of a step', wholeNumber(1, 1e9), 50_000)
    .option('--learning-rate <r>', "Adam's (default: that of the study's QNN)", realNumber(1e-9, 1))
    .option('--budget <cost>', "most that may be charged, in the backend's unit", realNumber(0))
    .option('--budget-shots <n>', 'most shots that may be taken', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--mitigate <list>', `any of ${MITIGATIONS.join(', ')}`, mitigations, [])
    .option('--parameters <json>', 'start from these, such as the outcome of --json (default: trained in simulation)')
    .option('--test <csv>', 'test points (default: drawn from the task of the study)')
    .option('--test-points <n>', 'number of test points', wholeNumber(1, 100_000), 100)
    .option('--test-shots <n>', 'shots of each test point', wholeNumber(1, 1_000_000), 200)
    .option('--name <name>', 'name of the fine-tuning in the study', runName, 'finetune')
    .option('--seed <n>', 'seed of training, mini-batches and test points', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .option('--json', 'print the outcome, with the parameters, as JSON')
    .addHelpText('after', HELP)
    .action(runFinetune);
}

function mitigations(text: string): string[] {
  const names = text.split(',').filter((name) => name !== '');
  const wrong = names.find((name) => !(MITIGATIONS as readonly string[]).includes(name));
  if (wrong !== undefined) throw new InvalidArgumentError(`It is not a list of ${MITIGATIONS.join(', ')}.`);
  return MITIGATIONS.filter((name) => names.includes(name));
}

function runName(text: string): string {
  if (!/^[a-z0-9-]{1,40}$/.test(text)) throw new InvalidArgumentError('It is not 1 to 40 of a-z, 0-9 and "-".');
  return text;
}

async function runFinetune(run: string, flags: FinetuneFlags): Promise<void> {
  const folder = findRun(run, flags.out);
  const interrupt = listenForInterrupt();
  const { signal } = interrupt;
  const lock = lockFolder(folder.path);
  const line = createStatusLine(process.stderr);
  // Engines and services are loaded only where they are needed, so that help and usage errors are fast.
  const [{ openFinetuneSource }, { openFinetuning }, records, text, { openExperiment }] = await Promise.all([
    import('../finetune/finetune-source.ts'),
    import('../finetune/finetune.ts'),
    import('../finetune/finetune-record.ts'),
    import('../finetune/finetune-text.ts'),
    import('../experiment/open-experiment.ts'),
  ]);
  let experiment: Awaited<ReturnType<typeof openExperiment>> | undefined;
  try {
    const source = await openFinetuneSource({ folder, ...flags, signal });
    const identity: FinetuneIdentity = {
      backend: flags.backend,
      batch: flags.batch,
      shots: flags.shots,
      learningRate: flags.learningRate ?? source.settings.learningRate,
      mitigate: flags.mitigate,
      testPoints: flags.testPoints,
      testShots: flags.testShots,
      test: flags.test ?? '',
      ...(flags.parameters === undefined ? {} : { parameters: flags.parameters }),
      seed: flags.seed,
    };
    const path = records.recordPath(folder.path, flags.name);
    const kept = records.readRecord(path, identity);
    if (kept !== undefined && kept.state.step > flags.steps) {
      throw new UsageError(
        `--steps: ${flags.steps}, and ${shownPath(path)} has ${kept.state.step}; right would be at least that`,
      );
    }
    experiment = await openExperiment({ folder, ...flags, signal });
    const { remote, failed } = experiment;
    const backend = await Promise.race([experiment.backend(flags.backend), failed]);
    const opened = await openFinetuning(
      {
        source,
        identity,
        name: flags.name,
        steps: flags.steps,
        budget: { cost: flags.budget, shots: flags.budgetShots },
        remote,
        signal,
      },
      backend,
      kept,
    );
    const began = kept === undefined ? 'after' : `continues at step ${kept.state.step} after`;
    line.note(
      `${source.study}: ${source.real} real and ${source.synthetic} synthetic points; ${began} ${opened.record.start}`,
    );
    const quotes = await Promise.race([opened.quote(), failed]);
    if (quotes.length > 0) line.note(text.renderQuote(quotes, backend.name).trimEnd());
    if (flags.budget === undefined && flags.budgetShots === undefined && quotes.length > 0) {
      line.note('nothing was run: give --budget or --budget-shots');
      return;
    }
    const record = await Promise.race([
      opened.run({
        keep: (next) => records.writeRecord(folder.path, path, next),
        onJob: (name, { job, state, reason }) =>
          line.show(`${name}: job ${job + 1} ${stateText(state)}${reason === '' ? '' : `: ${reason}`}`),
        onFault: (name, reason) => line.show(`${name}: ${reason}; trying again`),
        onStep: (step, report) =>
          line.note(
            `step ${step}/${flags.steps}  loss ${report.loss.toFixed(3)}  gradient ${report.gradient.toFixed(3)} ± ${report.gradientError.toFixed(3)}`,
          ),
      }),
      failed,
    ]);
    line.end();
    const summary = text.summarize(record, flags.steps, unitOf(backend));
    if (summary === undefined) throw new Error(`${path} has no scores`);
    process.stdout.write(
      flags.json ? `${JSON.stringify(summary, null, 2)}\n` : text.renderSummary(summary, backend.name),
    );
  } catch (error) {
    if (signal.aborted) {
      line.end();
      process.stderr.write('interrupted; the same command continues, and pays for nothing twice\n');
    }
    throw error;
  } finally {
    line.end();
    await experiment?.close();
    lock.release();
    interrupt.dispose();
  }
}

const unitOf = ({ price }: Backend): string => price?.unit || 'free';
