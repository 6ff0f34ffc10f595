import { readFile } from 'node:fs/promises';
import type { PutDatasetRequest } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { type ArtifactRef, DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { type CsvData, readCsv } from '@qloom/datasets/csv/read-csv.ts';
import { readUnlabelledCsv } from '@qloom/datasets/csv/read-unlabelled-csv.ts';
import { decodeText } from '@qloom/datasets/csv/reading/decode-text.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { encodeUnlabelled, type UnlabelledSource } from '@qloom/study-rpc/codec/unlabelled-points.ts';
import { UsageError } from '../command/errors.ts';
import { type LoadedStudy, studyProblem } from '../study-file/load-study-file.ts';
import { type AgentClient, type Patience, untilAnswered } from './follow-study.ts';
import { putCsv } from './put-csv.ts';

/** Files of points beyond its own CSV that a study names. */
export interface SourceFiles {
  /** Test points. */
  readonly test?: CsvData;
  readonly unlabelled?: NamedUnlabelled;
  readonly simulator?: CsvData;
}

/** References to these files, once they are stored. */
export interface StoredSources {
  readonly test?: ArtifactRef;
  readonly unlabelled?: ArtifactRef;
  readonly simulator?: ArtifactRef;
}

/**
 * Reads the CSV files that `data.testCsv`, `data.unlabelled` and `data.simulator` name; `csv` is the study's own, absent for a task. Throws
 * `UsageError` as `file.csv:line: …` for bad data, `StudyFileError` for a file that is not there.
 */
export async function readSourceFiles(loaded: LoadedStudy, csv: CsvData | undefined): Promise<SourceFiles> {
  const { testCsv, unlabelled, simulator, task = '', settings, header, separator, decimal } = loaded.study.data;
  if (testCsv === undefined && typeof unlabelled !== 'string' && typeof simulator !== 'string') return {};
  const { featureNames, classNames } = csv ?? createNamedTask(task, settings ?? {}).descriptor;
  const files: { -readonly [K in keyof SourceFiles]: SourceFiles[K] } = {};
  const { label, group, features, ignore, duplicates } = loaded.study.data;
  // Without names the columns are those of the study's CSV, by position.
  const named = { features: featureNames, header, separator, decimal, label, classNames };
  if (testCsv !== undefined) {
    const options = { ...named, duplicates, ...(header === false ? { features, ignore, group } : {}) };
    files.test = await read(loaded, 'testCsv', testCsv, (text) => inOrder(readCsv(text, options), featureNames));
  }
  if (typeof unlabelled === 'string') {
    files.unlabelled = await read(loaded, 'unlabelled', unlabelled, (text) => ({
      ...readUnlabelledCsv(text, { featureNames, header, separator, decimal }),
      featureNames,
    }));
  }
  if (typeof simulator === 'string') {
    const options = header === false ? { ...named, features: undefined } : named;
    files.simulator = await read(loaded, 'simulator', simulator, (text) =>
      inOrder(readCsv(text, options), featureNames),
    );
  }
  return files;
}

/** Stores the files with the agent and returns their references. */
export async function putSourceFiles(
  agent: AgentClient,
  { test, unlabelled, simulator }: SourceFiles,
  patience: Patience,
): Promise<StoredSources> {
  return {
    test: await putCsv(agent, test, patience),
    unlabelled: unlabelled && (await putUnlabelled(agent, unlabelled, patience)),
    simulator: await putCsv(agent, simulator, patience),
  };
}

/** Rows without labels, with the names of their features. */
export interface NamedUnlabelled extends UnlabelledSource {
  readonly featureNames: readonly string[];
}

/** Stores rows without labels with the agent and returns their reference. */
export async function putUnlabelled(
  agent: AgentClient,
  rows: NamedUnlabelled,
  patience: Patience,
): Promise<ArtifactRef | undefined> {
  const { dataset } = await untilAnswered(
    () => agent.putDataset(requests(rows), { signal: patience.signal }),
    patience,
  );
  return dataset;
}

function* requests({ featureNames, ...points }: NamedUnlabelled): Generator<PutDatasetRequest> {
  const description = DataDescription.fromPartial({ featureNames: [...featureNames] });
  yield { part: { $case: 'description', value: description } };
  for (const value of encodeUnlabelled(points)) yield { part: { $case: 'unlabelled', value } };
}

/** The file with its features in the order of the study's data, and every class of it. */
function inOrder(data: CsvData, featureNames: readonly string[]): CsvData {
  const { points, classNames } = data;
  const absent = classNames.find((_, label) => !points.y.includes(label));
  if (absent !== undefined) {
    throw new DatasetError(
      'csv',
      `no row has the label "${absent}", a class of the study's data; give some of each class`,
    );
  }
  if (points.features !== featureNames.length) {
    const right = `right would be the ${featureNames.length} of the study's data`;
    throw new DatasetError('csv', `the file has ${points.features} features; ${right}`);
  }
  const order = featureNames.map((name, j) => Math.max(data.featureNames.indexOf(name), -1) + 1 || j + 1);
  const x = points.x.map((_, i) => {
    const j = i % points.features;
    return points.x[i - j + order[j] - 1];
  });
  return { ...data, points: { ...points, x }, featureNames };
}

async function read<T>(
  loaded: LoadedStudy,
  field: 'testCsv' | 'unlabelled' | 'simulator',
  path: string,
  parse: (text: string) => T,
): Promise<T> {
  let bytes: Buffer;
  try {
    bytes = await readFile(loaded.resolvePath(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = `${path} ${code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`}`;
    throw studyProblem(loaded, ['data', field], reason);
  }
  try {
    return parse(decodeText(bytes).text);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const line = error.line === undefined ? '' : `:${error.line}`;
    throw new UsageError(`${path}${line}: ${error.message}`, { cause: error });
  }
}
