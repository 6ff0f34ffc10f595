import { existsSync, readFileSync } from 'node:fs';
import { StudySettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { SOURCE_UNITS } from '@qloom/datasets/preprocessing/feature-units.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { measureScaling, scaleInputs } from '@qloom/qnn/model/input-scaling.ts';
import { settingsFromFields } from '@qloom/qnn/model/qnn-fields.ts';
import { createQnnModel } from '@qloom/qnn/model/qnn-model.ts';
import { DEFAULT_QNN, type QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import type { EncodedPoints } from '@qloom/qnn/training/train.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { UsageError } from '../command/errors.ts';
import { joined, trainQnn } from '../export/train-qnn.ts';
import { readGivenCsv, readTrainingPoints, type TrainingPoints } from '../export/training-points.ts';
import { noResultError } from '../run-folder/no-result.ts';
import { type RunFolder, readStudyRecord } from '../run-folder/run-folder.ts';

/** A study's QNN and points, for a training on a device. */
export interface FinetuneSource {
  /** Identifier of the study. */
  readonly study: string;
  readonly settings: QnnSettings;
  /** Real and synthetic points. */
  readonly training: EncodedPoints;
  readonly real: number;
  readonly synthetic: number;
  readonly test: EncodedPoints;
  /**
   * The parameters that were given, or else a training in simulation: on the synthetic points alone, or on the real ones where the study added
   * none.
   */
  start(): Promise<FinetuneStart>;
}

/** A QNN before the first step on a device. */
export interface FinetuneStart {
  readonly circuit: Circuit;
  readonly observables: readonly Observable[];
  readonly parameters: ArrayLike<number>;
  /** Where the parameters are from. */
  readonly what: string;
}

/** Options of {@link openFinetuneSource}. */
export interface FinetuneSourceOptions {
  readonly folder: RunFolder;
  /** CSV of test points. Default: points of the study's task. */
  readonly test?: string;
  readonly testPoints: number;
  /** JSON file with the parameters at the start. Default: a training in simulation. */
  readonly parameters?: string;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Opens a finished study. Throws the errors of reading its points, and UsageError where it has no test points to draw. */
export async function openFinetuneSource(options: FinetuneSourceOptions): Promise<FinetuneSource> {
  const { folder, seed } = options;
  const record = readStudyRecord(folder);
  if (record.result === undefined) throw noResultError(record);
  const result = StudyResult.fromJSON(record.result);
  const study = StudySettings.fromJSON(record.settings);
  const settings = study.qnn ? createQnnSettings(settingsFromFields(study.qnn)) : DEFAULT_QNN;
  const points = readTrainingPoints({ folder, result });
  const test = await testPoints(study, result, options);
  const scaling = measureScaling(points.real, settings.encoding);
  const encode = (of: Points): EncodedPoints => ({ count: of.count, angles: scaleInputs(of, scaling), labels: of.y });
  return {
    study: record.id,
    settings,
    training: encode(points.synthetic === null ? points.real : joined(points.real, points.synthetic)),
    real: points.real.count,
    synthetic: points.synthetic?.count ?? 0,
    test: encode(test),
    start: async () =>
      options.parameters === undefined
        ? pretrain(settings, points, result, seed)
        : givenStart(options.parameters, settings, points.real),
  };
}

/** The QNN with the parameters of a file, such as the outcome of a fine-tuning. */
function givenStart(path: string, settings: QnnSettings, { features, classes }: Points): FinetuneStart {
  const wrong = (what: string) =>
    new UsageError(`--parameters: ${path}: ${what}; right would be the outcome of qloom finetune --json`);
  if (!existsSync(path)) throw new UsageError(`--parameters: ${path}: no such file`);
  let parameters: unknown;
  try {
    parameters = (JSON.parse(readFileSync(path, 'utf8')) as { parameters?: unknown } | null)?.parameters;
  } catch {
    throw wrong('is not JSON');
  }
  if (!Array.isArray(parameters) || !parameters.every((value) => Number.isFinite(value))) {
    throw wrong('has no list of numbers "parameters"');
  }
  const { circuit, observables } = createQnnModel(settings, features, classes);
  const count = circuit.parameters.length;
  if (parameters.length !== count)
    throw wrong(`has ${parameters.length} parameters, and the QNN of this study ${count}`);
  return { circuit, observables, parameters: parameters as number[], what: `the parameters of ${path}` };
}

async function pretrain(settings: QnnSettings, points: TrainingPoints, result: StudyResult, seed: number) {
  const steps = result.pretraining?.settings?.steps || settings.steps;
  const on =
    points.synthetic === null ? `${points.real.count} real points` : `${points.synthetic.count} synthetic points`;
  const title = `${steps} steps in simulation on ${on}`;
  const { qnn } = await trainQnn({
    settings: { ...settings, steps },
    points,
    units: result.data ?? SOURCE_UNITS,
    syntheticOnly: points.synthetic !== null,
    seed,
    engine: 'auto',
    title,
    nowMs: () => performance.now(),
  });
  const { circuit, observables, parameters } = qnn;
  return { circuit, observables, parameters, what: title };
}

async function testPoints(
  { data }: StudySettings,
  result: StudyResult,
  { test, testPoints: count, seed, signal }: FinetuneSourceOptions,
): Promise<Points> {
  if (test !== undefined) {
    if (!existsSync(test)) throw new UsageError(`--test: ${test}: no such file`);
    const all = readGivenCsv(test, result);
    return selectRows(
      all,
      Int32Array.from({ length: Math.min(count, all.count) }, (_, i) => i),
    );
  }
  const source = data?.source;
  if (source?.$case !== 'task') {
    throw new UsageError(
      '--test: the data of the study is a file; give a CSV of points that were not among its labels',
    );
  }
  const task = createNamedTask(source.value.name, JSON.parse(source.value.settingsJson || '{}'));
  return task.drawAsync({ count, seed, purpose: 'test' }, { signal });
}
