import { StudySettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { SOURCE_UNITS } from '@qloom/datasets/preprocessing/feature-units.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { settingsFromFields } from '@qloom/qnn/model/qnn-fields.ts';
import { DEFAULT_QNN } from '@qloom/qnn/model/qnn-settings.ts';
import { type Command, Option } from 'commander';
import { UsageError } from '../command/errors.ts';
import { wholeNumber } from '../command/numbers.ts';
import { EXPORT_FORMATS, type ExportFormat, exportProgram } from '../export/export-program.ts';
import { readTrainingPoints } from '../export/training-points.ts';
import { findRun } from '../run-folder/find-run.ts';
import { noResultError } from '../run-folder/no-result.ts';
import { readStudyRecord } from '../run-folder/run-folder.ts';

interface ExportFlags {
  readonly format: ExportFormat;
  readonly data?: string;
  readonly realOnly?: boolean;
  readonly pretrained?: boolean;
  readonly seed: number;
  readonly engine: string;
  readonly out: string;
}

const HELP = `
A study scores many QNNs and keeps none. This trains one as the study does, on the real points that it kept
and the synthetic ones that it added, and prints a program with the trained parameters, which gives the outputs of
Qloom's simulator (without shots and noise). The largest output is the predicted class. The training is described on
stderr.

Examples:
  $ qloom export quickstart > qnn.py
  $ qloom export quickstart --format qiskit --real-only --seed 3 > qnn.py
  $ qloom export qloom-runs/quickstart --format openqasm > qnn.qasm
  $ qloom export my-study --pretrained --format json > parameters.json
  $ qloom export my-study --data real.csv > qnn.py`;

/** `qloom export`. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description("train a study's QNN and print it as a PennyLane, Qiskit or OpenQASM program")
    .argument('<run>', 'run folder or study')
    .addOption(new Option('--format <name>', 'what to write').choices(EXPORT_FORMATS).default('pennylane'))
    .option('--data <csv>', 'real points instead of those that the study kept; the class is the last column')
    .option('--real-only', 'leave out the synthetic points')
    .option('--pretrained', 'train on the synthetic points alone: the parameters after pre-training')
    .option('--seed <n>', 'seed of the training', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--engine <name>', 'auto or an engine of float64', 'auto')
    .option('--out <folder>', 'folder of run folders', 'qloom-runs')
    .addHelpText('after', HELP)
    .action(runExport);
}

async function runExport(run: string, flags: ExportFlags): Promise<void> {
  const folder = findRun(run, flags.out);
  const record = readStudyRecord(folder);
  if (record.result === undefined) throw noResultError(record);
  const result = StudyResult.fromJSON(record.result);
  const { qnn } = StudySettings.fromJSON(record.settings);
  const settings = qnn ? createQnnSettings(settingsFromFields(qnn)) : DEFAULT_QNN;
  const points = readTrainingPoints({ folder, result, csv: flags.data, realOnly: flags.realOnly });
  if (flags.pretrained && points.synthetic === null) {
    throw new UsageError(
      `--pretrained: ${flags.realOnly ? '--real-only leaves out' : `${folder.path} has no`} synthetic points`,
    );
  }
  const added = points.synthetic === null ? '' : ` and ${points.synthetic.count} synthetic`;
  const trainedOn = flags.pretrained
    ? `pre-trained on ${points.synthetic?.count} synthetic points`
    : `trained on ${points.real.count} real${added} points`;
  const title = `QNN of the study ${record.id}, ${trainedOn}, seed ${flags.seed}`;
  const steps = (flags.pretrained && result.pretraining?.settings?.steps) || settings.steps;
  // Engines are loaded only where they are needed, so that help and usage errors are fast.
  const { trainQnn } = await import('../export/train-qnn.ts');
  const nowMs = () => performance.now();
  const units = result.data ?? SOURCE_UNITS;
  const trained = await trainQnn({
    settings: { ...settings, steps },
    points,
    units,
    syntheticOnly: flags.pretrained,
    seed: flags.seed,
    engine: flags.engine,
    title,
    nowMs,
  });
  const { accuracy, loss, engine } = trained;
  const scored = `on the real ones loss ${loss.toFixed(4)}, accuracy ${(100 * accuracy).toFixed(1)}%`;
  const text = exportProgram(trained.qnn, flags.format);
  process.stderr.write(`${title}: ${scored}; engine ${engine}\n`);
  process.stdout.write(text);
}
