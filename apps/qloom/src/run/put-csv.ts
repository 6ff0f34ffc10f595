import { readFile } from 'node:fs/promises';
import type { PutDatasetRequest } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { ArtifactRef } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { type CsvData, readCsv } from '@qloom/datasets/csv/read-csv.ts';
import { DatasetError } from '@qloom/datasets/dataset-error.ts';
import { encodePoints } from '@qloom/service-kit/wire-points.ts';
import { UsageError } from '../command/errors.ts';
import { type LoadedStudy, studyProblem } from '../study-file/load-study-file.ts';
import { type AgentClient, untilAnswered } from './follow-study.ts';

/**
 * Reads the CSV of a study; undefined where its data is a task. Throws `UsageError` as `file.csv:line: …` for bad data,
 * `StudyFileError` where the study file names a column that is not there.
 */
export async function readStudyCsv(loaded: LoadedStudy): Promise<CsvData | undefined> {
  const { csv, label, group, header, ignore, separator, dropConstant } = loaded.study.data;
  if (csv === undefined) return undefined;
  const path = loaded.resolvePath(csv);
  try {
    return readCsv(await readFile(path, 'utf8'), {
      header,
      label,
      group,
      ignore,
      separator,
      dropConstant,
      folds: loaded.study.folds ?? 3,
    });
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    if (['label', 'group', 'ignore'].includes(error.field) && error.line === undefined) {
      throw studyProblem(loaded, ['data', error.field], error.message.replace(/^\w+: /, ''));
    }
    throw new UsageError(`${csv}${error.line === undefined ? '' : `:${error.line}`}: ${error.message}`, {
      cause: error,
    });
  }
}

/** Stores the CSV of a study with the agent and returns its reference; undefined where the data is a task. */
export async function putCsv(
  agent: AgentClient,
  data: CsvData | undefined,
  signal: AbortSignal,
): Promise<ArtifactRef | undefined> {
  if (data === undefined) return undefined;
  const { dataset } = await untilAnswered(() => agent.putDataset(requests(data), { signal }), signal);
  return dataset;
}

function* requests({ points, featureNames, classNames }: CsvData): Generator<PutDatasetRequest> {
  const description = {
    featureNames: [...featureNames],
    classNames: [...classNames],
    lowerBounds: [],
    upperBounds: [],
    shots: 0,
    pauliExpectations: false,
  };
  yield { part: { $case: 'description', value: description } };
  for (const value of encodePoints(points)) yield { part: { $case: 'points', value } };
}
