import { writeCsv } from '@qloom/datasets/csv/write-csv.ts';
import { allowedValues } from '@qloom/datasets/tasks/settings.ts';
import { createNamedTask, listTaskKinds } from '@qloom/datasets/tasks/task-table.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import type { Command } from 'commander';
import { UsageError } from '../command/errors.ts';
import { wholeNumber } from '../command/numbers.ts';
import { readYaml } from '../study-file/read-yaml.ts';
import { styleOf } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

interface DrawFlags {
  readonly count: number;
  readonly seed: number;
  readonly set: readonly string[];
  readonly asTheyFall?: boolean;
}

const HELP = `
Examples:
  $ qloom datasets
  $ qloom datasets --json
  $ qloom datasets draw annni --count 300 --seed 5 --set spins=8 --set shots=16 > annni.csv
  $ qloom datasets draw annni --set shots=null --set 'observables=[Z3, X3X4]'`;

/** `qloom datasets` and `qloom datasets draw`. */
export function addDatasetsCommand(program: Command): void {
  const datasets = program
    .command('datasets')
    .description('list the tasks that points can be drawn from')
    .option('--json', 'print them as JSON')
    .addHelpText('after', HELP)
    .action((flags: { readonly json?: boolean }) => {
      process.stdout.write(flags.json ? `${JSON.stringify(listTaskKinds(), null, 2)}\n` : renderTasks());
    });
  datasets
    .command('draw')
    .description('draw points of a task, and print them as CSV')
    .argument('<task>', 'its name')
    .option('--count <n>', 'number of points', wholeNumber(1, 10_000_000), 300)
    .option('--seed <n>', 'seed; the same seed gives the same points', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--as-they-fall', 'whatever the class; otherwise equally many of each')
    .option('--set <name=value>', 'a setting, as in a study file; may be repeated', collect, [])
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (name: string, flags: DrawFlags) => {
      const points = await drawTask(name, flags);
      process.stdout.write(points);
    });
}

async function drawTask(name: string, { count, seed, set, asTheyFall }: DrawFlags): Promise<string> {
  try {
    const task = createNamedTask(name, settingsOf(set));
    const points = await task.drawAsync({ count, seed, ...(asTheyFall ? { classCounts: 'as they fall' } : {}) });
    return writeCsv(points, task.descriptor);
  } catch (error) {
    if (error instanceof DatasetError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function settingsOf(assignments: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const at = assignment.indexOf('=');
      if (at < 1) throw new UsageError(`--set: ${quoted(assignment)} is not name=value`);
      const read = readYaml(assignment.slice(at + 1));
      if ('problems' in read) throw new UsageError(`--set: ${quoted(assignment)}: ${read.problems[0].message}`);
      return [assignment.slice(0, at), read.value];
    }),
  );
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function renderTasks(): string {
  const style = styleOf(process.stdout);
  return listTaskKinds()
    .map((kind) => {
      const rows = Object.entries(kind.settings).map(([name, spec]) => [
        name,
        allowedValues(spec),
        `default ${JSON.stringify(spec.default)}`,
      ]);
      const relatives = kind.relative?.summary ?? 'none';
      rows.push(['(simulator)', 'cheaper relatives for data.simulator', relatives]);
      return `${style.bold(kind.name)}  ${kind.summary}\n${renderTable([{ title: '' }, { title: '' }, { title: '' }], rows, { indent: '    ' })}`;
    })
    .join('\n');
}
