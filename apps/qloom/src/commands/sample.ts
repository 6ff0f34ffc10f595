import type { Command } from 'commander';
import { wholeNumber } from '../command/numbers.ts';
import { findRun } from '../run-folder/find-run.ts';
import type { SampleOptions } from '../sample/sample.ts';

interface SampleFlags extends SampleOptions {
  readonly out: string;
}

const HELP = `
The model is the one that the study kept; classes are in the proportions of the study's real points.

Examples:
  $ qloom sample qloom-runs/quickstart --count 500 > more.csv
  $ qloom sample quickstart --count 50 --class antiphase --seed 9`;

/** `qloom sample`. */
export function addSampleCommand(program: Command): void {
  program
    .command('sample')
    .description('draw more synthetic points from the model that a study kept, as CSV')
    .argument('<run>', 'run folder or study')
    .option('--count <n>', 'number of points', wholeNumber(1, 1_000_000), 100)
    .option('--class <name>', 'points of this class only')
    .option('--seed <n>', 'seed; the same seed gives the same points', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--ungated', 'skip the gate that rejects implausible points and copies')
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .addHelpText('after', HELP)
    .action(async (run: string, flags: SampleFlags) => {
      const { sample } = await import('../sample/sample.ts');
      process.stdout.write(await sample(findRun(run, flags.out), flags));
    });
}
