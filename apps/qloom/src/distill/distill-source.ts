import { basename, extname, resolve } from 'node:path';
import type { CsvData } from '@qloom/datasets/csv/read-csv.ts';
import type { CsvNames } from '@qloom/datasets/csv/write-csv.ts';
import {
  chooseFeatureUnits,
  type FeatureUnits,
  SOURCE_UNITS,
  toFeatureUnits,
} from '@qloom/datasets/preprocessing/feature-units.ts';
import { identicalRowBlocks } from '@qloom/datasets/split/identical-rows.ts';
import { defaultTestSize, repeatedSampleSteps, repeatedSplitSteps } from '@qloom/datasets/split/repeated-splits.ts';
import { runInTurns } from '@qloom/datasets/split/turns.ts';
import { TASK_TEST_SIZE } from '@qloom/datasets/tasks/create-task.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import type { QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { UsageError } from '../command/errors.ts';
import { readStudyCsv } from '../run/put-csv.ts';
import { readSourceFiles } from '../run/source-files.ts';
import { checkData } from '../run/study-data.ts';
import { type LoadedStudy, loadStudyFile, parseStudyFile, readText } from '../study-file/load-study-file.ts';
import { qnnSettingsOf } from '../study-file/qnn-settings.ts';

/** Real points to distil, others to test on, and the QNN that is trained. */
export interface DistillSource {
  /** What the points are, for people. */
  readonly title: string;
  readonly real: Points;
  readonly test: Points;
  readonly names: CsvNames;
  /** Units of the points. */
  readonly units: FeatureUnits;
  readonly qnn: QnnSettings;
  /** `auto` or the name of an engine, as the study file has it. */
  readonly engine: string;
  /** Notes and warnings about the data. */
  readonly warnings: readonly string[];
  /** Absolute paths of the files that it was read from. */
  readonly files: readonly string[];
}

/** Options of {@link openDistillSource}. */
export interface DistillSourceOptions {
  /** Number of real points. Default: `data.labels` of the study file; of a CSV all rows that are not for testing. */
  readonly labels?: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/**
 * Opens the data of a study file, or of a CSV with the label in its last column. Draws and splits are by `seed`; the points
 * for testing are apart from the real ones, as those of a study are. Throws UsageError, `StudyFileError`.
 */
export async function openDistillSource(path: string, options: DistillSourceOptions): Promise<DistillSource> {
  const loaded = await loadData(path);
  const csv = await readStudyCsv(loaded);
  checkData(loaded, csv);
  const { test } = await readSourceFiles(loaded, csv);
  const { data, qnn = {} } = loaded.study;
  const labels = options.labels ?? data.labels;
  try {
    const { warnings = [], ...points } =
      csv === undefined ? await drawTask(loaded, labels, options) : await splitCsv(loaded, csv, test, labels, options);
    return {
      ...points,
      warnings,
      files: [resolve(path), ...[data.csv, data.testCsv].flatMap((file) => (file ? [loaded.resolvePath(file)] : []))],
      qnn: createQnnSettings(qnnSettingsOf(qnn, loaded.circuit)),
      engine: qnn.engine ?? 'auto',
    };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new UsageError(`${path}: ${error.message}`, { cause: error });
  }
}

/** A study file, or one that only names the CSV. */
async function loadData(path: string): Promise<LoadedStudy> {
  if (!/^\.(csv|tsv|txt|dat)$/i.test(extname(path))) return loadStudyFile(path);
  await readText(path);
  return parseStudyFile(path, JSON.stringify({ name: 'distill', data: { csv: basename(path) } }));
}

type OpenedPoints = Omit<DistillSource, 'qnn' | 'engine' | 'warnings' | 'files'> & {
  readonly warnings?: readonly string[];
};

async function drawTask(
  { study: { data } }: LoadedStudy,
  count: number | undefined,
  { seed, signal }: DistillSourceOptions,
): Promise<OpenedPoints> {
  if (count === undefined) throw new DatasetError('labels', 'data.labels: a task needs a number of real points');
  const task = createNamedTask(data.task ?? '', data.settings ?? {});
  const { length: classes } = task.descriptor.classNames;
  if (count < classes)
    throw new DatasetError('labels', `labels: ${count} real points of ${classes} classes; give at least ${classes}`);
  const test = { count: data.test ?? TASK_TEST_SIZE, seed, purpose: 'test' } as const;
  return {
    title: task.descriptor.title,
    real: await task.drawAsync({ count, seed }, { signal }),
    test: await task.drawAsync(test, { signal }),
    names: task.descriptor,
    units: SOURCE_UNITS,
  };
}

async function splitCsv(
  { study: { data } }: LoadedStudy,
  { points: source, featureNames, classNames, notes, warnings }: CsvData,
  ownTest: CsvData | undefined,
  given: number | undefined,
  { seed, signal }: DistillSourceOptions,
): Promise<OpenedPoints> {
  const units = chooseFeatureUnits(source);
  const points = toFeatureUnits(source, units);
  const block = data.duplicates === 'independent' ? undefined : identicalRowBlocks(points);
  const rows = { ...points, block, classNames };
  const read = {
    title: data.csv ?? '',
    names: { featureNames, classNames },
    units,
    warnings: [...notes, ...warnings],
  };
  if (ownTest !== undefined) {
    const steps = repeatedSampleSteps(rows, { repeats: 1, labels: given ?? points.count, seed });
    const [sample] = await runInTurns(steps, { signal });
    return { ...read, real: selectRows(points, sample), test: toFeatureUnits(ownTest.points, units) };
  }
  const test = data.test ?? defaultTestSize(points);
  const labels = given ?? points.count - test;
  const [split] = await runInTurns(repeatedSplitSteps(rows, { repeats: 1, labels, test, seed }), { signal });
  return { ...read, real: selectRows(points, split.labels), test: selectRows(points, split.test) };
}
