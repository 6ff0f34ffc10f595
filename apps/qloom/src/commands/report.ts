import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { Command } from 'commander';
import { writeReport } from '../report/write-report.ts';
import { findRun } from '../run-folder/find-run.ts';
import { noResultError } from '../run-folder/no-result.ts';
import { readStudyRecord } from '../run-folder/run-folder.ts';
import { renderSummary } from '../summary/summary.ts';
import { summaryToJson } from '../summary/summary-json.ts';
import { readSpans } from '../telemetry/read-spans.ts';
import { shownPath } from '../terminal/format.ts';
import { styleOf } from '../terminal/style.ts';

const HELP = `
Needs the run folder only, no service.

Examples:
  $ qloom report qloom-runs/quickstart
  $ qloom report quickstart --json`;

/** `qloom report`. */
export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description('make report.html of a finished study again, and print its summary')
    .argument('<run>', 'run folder or study')
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (run: string, flags: { readonly out: string; readonly json?: boolean }) => {
      const folder = findRun(run, flags.out);
      const record = readStudyRecord(folder);
      if (record.result === undefined) throw noResultError(record);
      const result = StudyResult.fromJSON(record.result);
      await writeReport(folder);
      const spans = await readSpans(folder.spans);
      const shown = shownPath(folder.path);
      const style = styleOf(process.stdout);
      process.stdout.write(
        flags.json
          ? `${JSON.stringify(summaryToJson(result, spans, folder), null, 2)}\n`
          : renderSummary(result, { spans, folder: shown, style, columns: process.stdout.columns ?? 130 }),
      );
    });
}
