import { resolve } from 'node:path';
import { requireDistillable } from '@qloom/datasets/clusters/class-centres.ts';
import { writeCsv } from '@qloom/datasets/csv/write-csv.ts';
import { DEFAULT_REFINE, type RefineSettings } from '@qloom/qnn/distillation/refine-points.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { type Command, Option } from 'commander';
import { UsageError } from '../command/errors.ts';
import { requireFilePlace } from '../command/file-place.ts';
import { wholeNumber } from '../command/numbers.ts';
import { listenForInterrupt } from '../run/interrupt.ts';
import { writeWhole } from '../run-folder/write-file.ts';
import { formatRest } from '../terminal/format.ts';
import { createStatusLine } from '../terminal/status-line.ts';
import { styleOf } from '../terminal/style.ts';

/** Ways to get distilled points from centres of clusters. */
const REFINEMENTS = ['utility', 'none'] as const;

interface DistillFlags {
  readonly points?: number;
  readonly labels?: number;
  readonly refine: (typeof REFINEMENTS)[number];
  readonly steps: number;
  readonly trainings: number;
  readonly seed: number;
  readonly engine?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const HELP = `
The centres of k-means within each class are moved along the utility gradient: the derivative of the loss on the real
points, after a training of the QNN on the distilled ones, in their places. Where that makes this loss larger, the centres are
kept. Test points are used for the report alone. The CSV goes to stdout and the report to stderr; with --out the CSV goes to
the file and the report to stdout.

A CSV has the label in its last column; for anything else, and for another QNN, write a study file.

Examples:
  $ qloom distill examples/annni.yaml --labels 1000 --points 96 --out annni-96.csv
  $ qloom distill measurements.csv --points 60 > few.csv
  $ qloom distill my-study.yaml --refine none --json --out few.csv | jq .arms`;

/** `qloom distill`. */
export function addDistillCommand(program: Command): void {
  program
    .command('distill')
    .description('replace many labelled points by few on which a QNN learns as much, as CSV')
    .argument('<data>', 'study file, or CSV')
    .option(
      '--points <m>',
      'distilled points of all classes together (default: a tenth of the real ones, at least 8 a class)',
      wholeNumber(2, 100_000),
    )
    .option(
      '--labels <n>',
      "real points (default: the study file's, or all rows but a fifth for testing)",
      wholeNumber(2, 10_000_000),
    )
    .addOption(
      new Option('--refine <how>', 'whether the utility gradient moves the centres')
        .choices(REFINEMENTS)
        .default(REFINEMENTS[0]),
    )
    .option('--steps <n>', 'steps along the utility gradient', wholeNumber(1, 10_000), DEFAULT_REFINE.steps)
    .option('--trainings <n>', 'trainings of the QNN on each set, for the report', wholeNumber(1, 1000), 8)
    .option('--seed <n>', 'seed of everything random', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--engine <name>', "auto or an engine of float64 (default: the study file's)")
    .option('--out <csv>', 'write the points to this file')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', HELP)
    .action(runDistill);
}

async function runDistill(path: string, flags: DistillFlags): Promise<void> {
  const { labels, seed, trainings } = flags;
  const interrupt = listenForInterrupt();
  const line = createStatusLine(process.stderr);
  try {
    // Engines are loaded only where they are needed, so that help and usage errors are fast.
    const { openDistillSource } = await import('../distill/distill-source.ts');
    const source = await openDistillSource(path, { labels, seed, signal: interrupt.signal });
    if (flags.out !== undefined) requireNewPlace(flags.out, source.files);
    for (const warning of source.warnings) line.note(`warning: ${warning}`);
    const { points = defaultPoints(source.real) } = flags;
    requireDistillable(source.real, points);
    const refine: RefineSettings | null = flags.refine === 'none' ? null : { ...DEFAULT_REFINE, steps: flags.steps };
    const options = { points, seed, refine, trainings };
    const { distillPoints } = await import('../distill/distill-points.ts');
    const startMs = performance.now();
    const outcome = await distillPoints(source, {
      ...options,
      engine: flags.engine ?? source.engine,
      signal: interrupt.signal,
      nowMs: () => performance.now(),
      onRefined({ step, loss }) {
        const rest = ((performance.now() - startMs) / 1000 / step) * (flags.steps - step);
        line.show(`refining ${step}/${flags.steps}  loss ${loss.toFixed(4)}  ${formatRest(rest)} left`);
      },
      onTrained: (trained, of) => line.show(`training QNNs for the report ${trained}/${of}`),
    });
    line.end();
    const csv = writeCsv(outcome.distilled, source.names, source.units);
    const { distilledToJson, renderDistilled } = await import('../distill/distill-text.ts');
    const report = flags.out === undefined ? process.stderr : process.stdout;
    const text = flags.json
      ? `${JSON.stringify(distilledToJson({ source, options }, outcome), null, 2)}\n`
      : renderDistilled({ source, options }, outcome, styleOf(report));
    if (flags.out === undefined) process.stdout.write(csv);
    else writeWhole(flags.out, csv);
    report.write(text);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const at = error.field === 'points' ? '--' : `${path}: `;
    throw new UsageError(`${at}${error.message}`, { cause: error });
  } finally {
    line.end();
    interrupt.dispose();
  }
}

const defaultPoints = ({ count, classes }: Points): number =>
  Math.min(count, Math.max(8 * classes, Math.round(count / 10)));

/** Throws UsageError where the file of `--out` cannot be one, or is one that the points come from. */
function requireNewPlace(out: string, sources: readonly string[]): void {
  if (sources.includes(resolve(out))) throw new UsageError(`--out: ${out} has the points to distil; give another file`);
  requireFilePlace('--out', out);
}
