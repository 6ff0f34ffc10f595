import type { Command } from 'commander';
import { CommandError } from '../command/errors.ts';
import { listenForInterrupt } from '../run/interrupt.ts';
import { renderStageTable } from '../summary/stage-table.ts';
import { chooseSpans, type SpanFlags } from '../telemetry/choose-spans.ts';
import { followStages } from '../telemetry/follow-stages.ts';
import { stageTimes } from '../telemetry/stage-times.ts';
import { styleOf } from '../terminal/style.ts';

interface StagesFlags extends SpanFlags {
  readonly json?: boolean;
  readonly follow?: boolean;
}

const HELP = `
Times are of tries that ended with a result; retries after an infrastructure fault are counted apart. A wait is the time
from the slot before being in the log to this stage taking it. Indented rows are steps inside stages and jobs.

From a cluster the traces of the study's episodes are read from Jaeger: at --traces, or at "traces" of the context.

Examples:
  $ qloom stages quickstart
  $ qloom stages quickstart --follow
  $ qloom stages my-study --traces http://127.0.0.1:16686
  $ qloom stages qloom-runs/quickstart --json | jq '.[] | {stage, p95}'`;

/** `qloom stages`. */
export function addStagesCommand(program: Command): void {
  program
    .command('stages')
    .description('print how long each stage took: p50, p95, p99 and waits')
    .argument('<study>', 'run folder or study')
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .option('--context <name>', 'read from the store of traces of this context')
    .option('--traces <url>', "read from a store of traces: the base URL of Jaeger's query API")
    .option('--follow', 'show the times again and again, until Ctrl-C')
    .option('--json', 'print the times, in seconds, as JSON; with --follow one line each time')
    .addHelpText('after', HELP)
    .action(async (name: string, flags: StagesFlags) => {
      const { source, study } = chooseSpans(name, flags, process.env);
      if (flags.follow) {
        const interrupt = listenForInterrupt();
        const read = () => source.ofStudy(study);
        await followStages(read, { out: process.stdout, json: flags.json ?? false, signal: interrupt.signal }).finally(
          interrupt.dispose,
        );
        return;
      }
      const spans = await source.ofStudy(study);
      if (spans.length === 0) throw new CommandError(`${source.place} holds no span of ${study} yet`);
      process.stdout.write(
        flags.json
          ? `${JSON.stringify(stageTimes(spans), null, 2)}\n`
          : renderStageTable(spans, styleOf(process.stdout)),
      );
    });
}
