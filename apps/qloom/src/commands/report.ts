import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { Command } from 'commander';
import { writeReport } from '../report/write-report.ts';
import { findRun } from '../run-folder/find-run.ts';
import { noResultError } from '../run-folder/no-result.ts';
import { readStudyRecord } from '../run-folder/run-folder.ts';
import { printResult } from '../summary/print-result.ts';

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
      await printResult({ folder, result }, flags);
    });
}
