import { type Command, InvalidArgumentError } from 'commander';
import { CommandError, UsageError } from '../command/errors.ts';
import { latestRun } from '../run-folder/find-run.ts';
import { renderWaterfall } from '../summary/waterfall-text.ts';
import { type ChosenSpans, chooseSpans, type SpanFlags } from '../telemetry/choose-spans.ts';
import { folderSpans } from '../telemetry/folder-spans.ts';
import { spansOfEpisode, waterfallRows } from '../telemetry/waterfall.ts';
import { styleOf } from '../terminal/style.ts';

interface TraceFlags extends SpanFlags {
  readonly run?: string;
  readonly json?: boolean;
}

const HELP = `
A line is a span: its name, its service, how long it took, and when. Failed ones are red, with the reason.

Examples:
  $ qloom trace 12                              of the study that was run last
  $ qloom trace 12 --run qloom-runs/quickstart
  $ qloom trace 12 --run my-study --traces http://127.0.0.1:16686
  $ qloom trace 12 --json | jq '.[].name'`;

/** `qloom trace`. */
export function addTraceCommand(program: Command): void {
  program
    .command('trace')
    .description('draw the waterfall of one episode, from a run folder or a cluster')
    .argument('<episode>', 'index of the episode, from 0', parseEpisode)
    .option('--run <run>', 'run folder or study (default: the one that was run last)')
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .option('--context <name>', 'read from the store of traces of this context')
    .option('--traces <url>', "read from a store of traces: the base URL of Jaeger's query API")
    .option('--json', 'print the spans as JSON')
    .addHelpText('after', HELP)
    .action(async (episode: number, flags: TraceFlags) => {
      const { source, study } = chosen(flags);
      const spans = spansOfEpisode(await source.ofStudy(study), episode);
      if (spans.length === 0) throw new CommandError(`${source.place} has no span of episode ${episode} of ${study}`);
      const rows = waterfallRows(spans);
      process.stdout.write(
        flags.json
          ? `${JSON.stringify(
              rows.map((row) => row.span),
              null,
              2,
            )}\n`
          : renderWaterfall(rows, styleOf(process.stdout), process.stdout.columns ?? 120),
      );
    });
}

function chosen(flags: TraceFlags): ChosenSpans {
  if (flags.run !== undefined) return chooseSpans(flags.run, flags, process.env);
  if (flags.traces !== undefined || flags.context !== undefined) {
    throw new UsageError('--run: is missing; in a cluster the study has to be named');
  }
  const folder = latestRun(flags.out);
  return { source: folderSpans(folder), study: folder.path };
}

function parseEpisode(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is not the index of an episode, such as 0.');
  return Number(text);
}
