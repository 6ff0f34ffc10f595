import { withoutCredentials } from '@qloom/episode-log/nats/nats-address.ts';
import { type Command, Option } from 'commander';
import { InterruptedError, UsageError } from '../command/errors.ts';
import { shellWord } from '../command/shell-word.ts';
import type { ReportOptions } from '../compare/report-folder.ts';
import { HOW_TO_GIVE_CREDENTIALS, parseLogOption } from '../run/event-log.ts';
import { listenForInterrupt } from '../run/interrupt.ts';
import { styleOf } from '../terminal/style.ts';

interface CompareFlags {
  readonly out: string;
  readonly log: string;
  readonly cells?: string;
  readonly report?: string;
  readonly json?: boolean;
}

const HELP = `
Each cell of the file (a task or a CSV, at one number of labels) is one study. The command starts the services, runs the studies and
writes each result into cells/ of the folder, and the comparison as compare.json and compare.html. A compare that was stopped or
killed loses nothing: the same command resumes it.

Two machines share a compare through one NATS log: run the same command with the same --log on both. Each runs some of the studies.
QLOOM_AGENT_STUDIES is how many a machine runs at once (2).

Examples:
  $ qloom compare examples/compare/small.yaml
  $ qloom compare examples/compare/small.yaml --cells annni,hidden-manifold-n20
  $ qloom compare examples/compare/small.yaml --log nats://10.0.0.5:4222
  $ qloom compare --report qloom-runs/small --json > small.json`;

/** `qloom compare`. */
export function addCompareCommand(program: Command): void {
  program
    .command('compare')
    .description('run the studies of a compare file, or resume them, and compare their results')
    .argument('[compare.yaml]', 'the compare file')
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .option('--log <log>', 'event log: sqlite (in the run folder) or nats://host:port', 'sqlite')
    .option('--cells <names>', 'run only these cells or groups of cells, separated by commas')
    .addOption(
      new Option(
        '--report <folder>',
        'write the page of a folder again, also while cells are open; runs nothing',
      ).conflicts(['cells']),
    )
    .option('--json', 'print the comparison as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, flags: CompareFlags) => {
      if (flags.report !== undefined) {
        if (file !== undefined) throw new UsageError('--report names a folder; leave the compare file out');
        const { reportFolder } = await import('../compare/report-folder.ts');
        process.stdout.write(await reportFolder(flags.report, printed(flags)));
        return;
      }
      if (file === undefined) throw new UsageError('no compare file is named; right would be: qloom compare FILE');
      await runFile(file, flags);
    });
}

async function runFile(file: string, flags: CompareFlags): Promise<void> {
  const log = parseLogOption(flags.log);
  const { loadCompareFile } = await import('../compare-file/load-compare-file.ts');
  const loaded = await loadCompareFile(file);
  // gRPC and its dependencies are loaded only where they are needed, so that help and usage errors are fast.
  const { requireFinished, runCompare } = await import('../compare/run-compare.ts');
  const { reportFolder } = await import('../compare/report-folder.ts');
  const interrupt = listenForInterrupt();
  const command = commandFor(file, flags);
  try {
    const { folder, compared } = await runCompare({
      ...{ loaded, log, command, out: flags.out, signal: interrupt.signal, env: process.env },
      only: flags.cells?.split(',').map((name) => name.trim()),
      progress: process.stderr,
    });
    process.stdout.write(await reportFolder(folder.path, printed(flags)));
    requireFinished(compared, folder);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    const again = withoutCredentials(log) === log ? '' : ` (credentials are not kept: ${HOW_TO_GIVE_CREDENTIALS})`;
    throw new InterruptedError(`stopped; nothing is lost. Resume with: ${command}${again}`, { cause: error });
  } finally {
    interrupt.dispose();
  }
}

/** How the comparison is printed. */
function printed({ json }: CompareFlags): ReportOptions {
  return { json, style: styleOf(process.stdout), columns: process.stdout.columns ?? 130 };
}

/** The command that resumes a compare, without credentials: it is shown and stored. */
function commandFor(file: string, { out, log, cells }: CompareFlags): string {
  const options = [
    ...(out === 'qloom-runs' ? [] : [`--out ${shellWord(out)}`]),
    ...(log === 'sqlite' ? [] : [`--log ${shellWord(withoutCredentials(log))}`]),
    ...(cells === undefined ? [] : [`--cells ${shellWord(cells)}`]),
  ];
  const name = shellWord(file);
  return ['qloom compare', ...(file.startsWith('-') ? [...options, '--', name] : [name, ...options])].join(' ');
}
