import type { Command } from 'commander';
import { CommandError } from '../command/errors.ts';
import { findRun } from '../run-folder/find-run.ts';
import { renderStageTable } from '../summary/stage-table.ts';
import { readSpans } from '../telemetry/read-spans.ts';
import { stageTimes } from '../telemetry/stage-times.ts';
import { styleOf } from '../terminal/style.ts';

const HELP = `
Times are of tries that ended with a result; retries after an infrastructure fault are counted apart. A wait is the time
from the end of the stage before to the start of this one. Indented rows are steps inside the stages.

Examples:
  $ qloom stages quickstart
  $ qloom stages qloom-runs/quickstart --json | jq '.[] | {stage, p95}'`;

/** `qloom stages`. */
export function addStagesCommand(program: Command): void {
  program
    .command('stages')
    .description('print how long each stage took: p50, p95, p99 and waits')
    .argument('<study>', 'run folder or study')
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .option('--json', 'print the times, in seconds, as JSON')
    .addHelpText('after', HELP)
    .action(async (study: string, flags: { readonly out: string; readonly json?: boolean }) => {
      const folder = findRun(study, flags.out);
      const spans = await readSpans(folder.spans);
      if (spans.length === 0) throw new CommandError(`${folder.spans} holds no span yet`);
      process.stdout.write(
        flags.json
          ? `${JSON.stringify(stageTimes(spans), null, 2)}\n`
          : renderStageTable(spans, styleOf(process.stdout)),
      );
    });
}
