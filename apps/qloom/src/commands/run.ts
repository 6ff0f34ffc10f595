import { withoutCredentials } from '@qloom/episode-log/nats/nats-address.ts';
import { POLICY_TARGET, SERVICES } from '@qloom/study-rpc/services.ts';
import type { Command } from 'commander';
import { InterruptedError } from '../command/errors.ts';
import { shellWord } from '../command/shell-word.ts';
import { HOW_TO_GIVE_CREDENTIALS, parseLogOption } from '../run/event-log.ts';
import { listenForInterrupt } from '../run/interrupt.ts';
import { loadStudyFile } from '../study-file/load-study-file.ts';
import { printResult } from '../summary/print-result.ts';

interface RunFlags {
  readonly out: string;
  readonly log: string;
  readonly resume: boolean;
  readonly json?: boolean;
}

const HELP = `
A study whose run folder exists is resumed: one that was stopped or killed loses nothing.
The run folder holds the synthetic data and its card, study.json, report.html, the event log and the spans.

Data of your own is data.csv in the study file, with label, features, ignore, header, separator, decimal and duplicates beside it;
what is wrong with the file is refused with its line, and what is suspicious is a warning.

Credentials of a NATS server are best given in QLOOM_NATS_USER and QLOOM_NATS_PASSWORD, or as files in
QLOOM_NATS_CREDENTIALS_FILE, QLOOM_NATS_NKEY_SEED_FILE and QLOOM_NATS_CA_FILE: other users of a machine can see arguments.

A service of your own takes the place of one of ours with "services:" in the study file, or with one of these variables:
${[...SERVICES.filter(({ called }) => called).map(({ target }) => target), POLICY_TARGET].join(', ')}.

Examples:
  $ qloom run examples/quickstart.yaml
  $ qloom run my-study.yaml --out /data/runs
  $ qloom run my-study.yaml --log nats://127.0.0.1:4222
  $ QLOOM_GENERATOR_TARGET=127.0.0.1:7000 qloom run my-study.yaml`;

/** `qloom run`. */
export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('run a study, or resume it where its folder exists')
    .argument('<study.yaml>', 'the study file')
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .option('--log <log>', 'event log: sqlite (in the run folder) or nats://host:port', 'sqlite')
    .option('--no-resume', 'refuse an existing run folder')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: RunFlags) => {
      const log = parseLogOption(flags.log);
      const loaded = await loadStudyFile(file);
      // gRPC and its dependencies are loaded only where they are needed, so that help and usage errors are fast.
      const { runStudy } = await import('../run/run-study.ts');
      const interrupt = listenForInterrupt();
      const command = commandFor(file, flags);
      try {
        const run = await runStudy({
          loaded,
          out: flags.out,
          log,
          resume: flags.resume,
          command,
          progress: process.stderr,
          signal: interrupt.signal,
          env: process.env,
        });
        if (run.alreadyThere && !flags.json)
          process.stderr.write('This study has finished before; here is its result.\n');
        await printResult(run, flags);
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw error;
        const again = withoutCredentials(log) === log ? '' : ` (credentials are not kept: ${HOW_TO_GIVE_CREDENTIALS})`;
        throw new InterruptedError(`stopped; nothing is lost. Resume with: ${command}${again}`, { cause: error });
      } finally {
        interrupt.dispose();
      }
    });
}

/** The command that resumes a run, without credentials: it is shown and stored. */
function commandFor(file: string, { out, log }: RunFlags): string {
  const options = [
    ...(out === 'qloom-runs' ? [] : [`--out ${shellWord(out)}`]),
    ...(log === 'sqlite' ? [] : [`--log ${shellWord(withoutCredentials(log))}`]),
  ];
  const study = shellWord(file);
  return ['qloom run', ...(file.startsWith('-') ? [...options, '--', study] : [study, ...options])].join(' ');
}
