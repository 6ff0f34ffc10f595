import { type Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../command/errors.ts';
import { findRun, latestRun } from '../run-folder/find-run.ts';
import { renderWaterfall } from '../summary/waterfall-text.ts';
import { readSpans } from '../telemetry/read-spans.ts';
import { spansOfEpisode, waterfallRows } from '../telemetry/waterfall.ts';
import { styleOf } from '../terminal/style.ts';

interface TraceFlags {
  readonly run?: string;
  readonly out: string;
  readonly json?: boolean;
}

const HELP = `
A line is a span: its name, its service, how long it took, and when. Failed ones are red, with the reason.

Examples:
  $ qloom trace 12                              of the study that was run last
  $ qloom trace 12 --run qloom-runs/quickstart
  $ qloom trace 12 --json | jq '.[].name'`;

/** `qloom trace`. */
export function addTraceCommand(program: Command): void {
  program
    .command('trace')
    .description('draw the waterfall of one episode from the kept spans')
    .argument('<episode>', 'index of the episode, from 0', parseEpisode)
    .option('--run <run>', 'run folder or study (default: the one that was run last)')
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .option('--json', 'print the spans as JSON')
    .addHelpText('after', HELP)
    .action(async (episode: number, flags: TraceFlags) => {
      const folder = flags.run === undefined ? latestRun(flags.out) : findRun(flags.run, flags.out);
      const spans = spansOfEpisode(await readSpans(folder.spans), episode);
      if (spans.length === 0) throw new CommandError(`${folder.path} has no span of episode ${episode}`);
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

function parseEpisode(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is not the index of an episode, such as 0.');
  return Number(text);
}
