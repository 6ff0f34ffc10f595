import { redactUrls } from '@qloom/episode-log/nats/redact-url.ts';
import { Command } from 'commander';
import { qloomVersion } from '../run/versions.ts';
import { addMinusHint } from './minus-hint.ts';

/** Adds a command to the program. */
type AddCommand = (program: Command) => void;

/** Every command, in the order of the help. Each is loaded where it is used: what most import takes longer than they run. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  run: async () => (await import('../commands/run.ts')).addRunCommand,
  compare: async () => (await import('../commands/compare.ts')).addCompareCommand,
  up: async () => (await import('../commands/up.ts')).addUpCommand,
  submit: async () => (await import('../commands/cluster/submit.ts')).addSubmitCommand,
  list: async () => (await import('../commands/cluster/list.ts')).addListCommand,
  watch: async () => (await import('../commands/cluster/watch.ts')).addWatchCommand,
  fetch: async () => (await import('../commands/cluster/fetch.ts')).addFetchCommand,
  cancel: async () => (await import('../commands/cluster/cancel.ts')).addCancelCommand,
  context: async () => (await import('../commands/cluster/context.ts')).addContextCommand,
  acquire: async () => (await import('../commands/campaign/acquire.ts')).addAcquireCommand,
  ask: async () => (await import('../commands/campaign/ask.ts')).addAskCommand,
  tell: async () => (await import('../commands/campaign/tell.ts')).addTellCommand,
  label: async () => (await import('../commands/campaign/label.ts')).addLabelCommand,
  labels: async () => (await import('../commands/campaign/labels.ts')).addLabelsCommand,
  sample: async () => (await import('../commands/sample.ts')).addSampleCommand,
  datasets: async () => (await import('../commands/datasets.ts')).addDatasetsCommand,
  distill: async () => (await import('../commands/distill.ts')).addDistillCommand,
  report: async () => (await import('../commands/report.ts')).addReportCommand,
  trace: async () => (await import('../commands/trace.ts')).addTraceCommand,
  stages: async () => (await import('../commands/stages.ts')).addStagesCommand,
  export: async () => (await import('../commands/export.ts')).addExportCommand,
  finetune: async () => (await import('../commands/finetune.ts')).addFinetuneCommand,
  draw: async () => (await import('../commands/draw.ts')).addDrawCommand,
  vqe: async () => (await import('../commands/vqe.ts')).addVqeCommand,
  plateau: async () => (await import('../commands/plateau.ts')).addPlateauCommand,
  backends: async () => (await import('../commands/backends.ts')).addBackendsCommand,
  quote: async () => (await import('../commands/quote.ts')).addQuoteCommand,
  doctor: async () => (await import('../commands/doctor.ts')).addDoctorCommand,
};

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

/**
 * The command line for these arguments: with the command that they name, else with all. Errors of usage are thrown as CommanderError, those
 * of commands as CommandError.
 */
export async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('qloom')
    .description('Weaves training data for quantum neural networks, and measures whether it helped.')
    .version(qloomVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', FOOTER)
    .showSuggestionAfterError()
    // An error quotes arguments, which may be a URL with a password.
    .configureOutput({ writeErr: (text) => void process.stderr.write(redactUrls(text)) })
    .exitOverride();
  const name = args.find((argument) => !argument.startsWith('-')) ?? '';
  const loaded = Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS);
  for (const add of await Promise.all(loaded.map((load) => load()))) add(program);
  for (const command of program.commands) command.exitOverride();
  addMinusHint(program);
  return program;
}
