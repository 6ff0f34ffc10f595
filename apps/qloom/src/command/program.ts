import { redactUrls } from '@qloom/episode-log/nats/redact-url.ts';
import { Command } from 'commander';
import { addBackendsCommand } from '../commands/backends.ts';
import { addAcquireCommand } from '../commands/campaign/acquire.ts';
import { addAskCommand } from '../commands/campaign/ask.ts';
import { addLabelsCommand } from '../commands/campaign/labels.ts';
import { addTellCommand } from '../commands/campaign/tell.ts';
import { addCancelCommand } from '../commands/cluster/cancel.ts';
import { addContextCommand } from '../commands/cluster/context.ts';
import { addFetchCommand } from '../commands/cluster/fetch.ts';
import { addListCommand } from '../commands/cluster/list.ts';
import { addSubmitCommand } from '../commands/cluster/submit.ts';
import { addWatchCommand } from '../commands/cluster/watch.ts';
import { addCompareCommand } from '../commands/compare.ts';
import { addDatasetsCommand } from '../commands/datasets.ts';
import { addDistillCommand } from '../commands/distill.ts';
import { addDoctorCommand } from '../commands/doctor.ts';
import { addDrawCommand } from '../commands/draw.ts';
import { addExportCommand } from '../commands/export.ts';
import { addFinetuneCommand } from '../commands/finetune.ts';
import { addPlateauCommand } from '../commands/plateau.ts';
import { addQuoteCommand } from '../commands/quote.ts';
import { addReportCommand } from '../commands/report.ts';
import { addRunCommand } from '../commands/run.ts';
import { addSampleCommand } from '../commands/sample.ts';
import { addStagesCommand } from '../commands/stages.ts';
import { addTraceCommand } from '../commands/trace.ts';
import { addUpCommand } from '../commands/up.ts';
import { addVqeCommand } from '../commands/vqe.ts';
import { qloomVersion } from '../run/versions.ts';
import { addMinusHint } from './minus-hint.ts';

/** Every command, in the order of the help. */
const COMMANDS: readonly ((program: Command) => void)[] = [
  addRunCommand,
  addCompareCommand,
  addUpCommand,
  addSubmitCommand,
  addListCommand,
  addWatchCommand,
  addFetchCommand,
  addCancelCommand,
  addContextCommand,
  addAcquireCommand,
  addAskCommand,
  addTellCommand,
  addLabelsCommand,
  addSampleCommand,
  addDatasetsCommand,
  addDistillCommand,
  addReportCommand,
  addTraceCommand,
  addStagesCommand,
  addExportCommand,
  addFinetuneCommand,
  addDrawCommand,
  addVqeCommand,
  addPlateauCommand,
  addBackendsCommand,
  addQuoteCommand,
  addDoctorCommand,
];

const FOOTER = `
Examples:
  $ qloom run examples/quickstart.yaml        run a study, or resume it
  $ qloom compare examples/compare/small.yaml
  $ qloom submit my-study.yaml --agent 127.0.0.1:50054
  $ qloom sample qloom-runs/quickstart --count 200 > more.csv
  $ qloom trace 12 --run qloom-runs/quickstart
  $ qloom stages quickstart
  $ qloom draw --ansatz efficient-su2
  $ qloom vqe tfim --qubits 8
  $ qloom doctor

Exit codes:
  0    done
  1    it failed; the message says why: an agent that does not answer or refuses the caller, a study that failed, …
  2    wrong arguments, a bad study, compare or context file, bad data, or a name that is not there
  130  interrupted (Ctrl-C)

Colour is used on a terminal only; NO_COLOR turns it off.`;

/** The command line. Errors of usage are thrown as CommanderError, those of commands as CommandError. */
export function buildProgram(): Command {
  const program = new Command('qloom')
    .description('Weaves training data for quantum neural networks, and measures whether it helped.')
    .version(qloomVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', FOOTER)
    .showSuggestionAfterError()
    // An error quotes arguments, which may be a URL with a password.
    .configureOutput({ writeErr: (text) => void process.stderr.write(redactUrls(text)) })
    .exitOverride();
  for (const add of COMMANDS) add(program);
  for (const command of program.commands) command.exitOverride();
  addMinusHint(program);
  return program;
}
