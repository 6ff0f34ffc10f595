import { readFile } from 'node:fs/promises';
import type { PutDatasetRequest } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { type ArtifactRef, DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { type CsvData, readCsv } from '@qloom/datasets/csv/read-csv.ts';
import { decodeText } from '@qloom/datasets/csv/reading/decode-text.ts';
import { chooseFeatureUnits, SOURCE_UNITS, toFeatureUnits } from '@qloom/datasets/preprocessing/feature-units.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { UsageError } from '../command/errors.ts';
import { type LoadedStudy, studyProblem } from '../study-file/load-study-file.ts';
import { type AgentClient, type Patience, untilAnswered } from './follow-study.ts';

/** Options of `data` that a fault of the file may be named after. */
const OPTIONS = ['label', 'group', 'features', 'ignore', 'duplicates'];

/**
 * Reads the CSV of a study; undefined where its data is a task. Throws `UsageError` as `file.csv:line: …` for bad data,
 * `StudyFileError` where the study file names a column that is not there.
 */
export async function readStudyCsv(loaded: LoadedStudy): Promise<CsvData | undefined> {
  const { csv, label, group, header, features, ignore, separator, decimal, duplicates, dropConstant } =
    loaded.study.data;
  if (csv === undefined) return undefined;
  try {
    const { text, notes } = decodeText(await readFile(loaded.resolvePath(csv)));
    const folds = loaded.study.folds ?? 3;
    const options = { header, label, group, features, ignore, separator, decimal, duplicates, dropConstant, folds };
    const data = readCsv(text, options);
    return { ...data, notes: [...notes, ...data.notes] };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    if (OPTIONS.includes(error.field) && error.line === undefined && error.column === undefined) {
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
  patience: Patience,
): Promise<ArtifactRef | undefined> {
  if (data === undefined) return undefined;
  const { dataset } = await untilAnswered(
    () => agent.putDataset(requests(data), { signal: patience.signal }),
    patience,
  );
  return dataset;
}

function* requests({ points, featureNames, classNames, warnings }: CsvData): Generator<PutDatasetRequest> {
  const description = DataDescription.fromPartial({
    featureNames: [...featureNames],
    classNames: [...classNames],
    warnings: [...warnings],
  });
  yield { part: { $case: 'description', value: description } };
  // float32 where it can represent the values, so that an agent that supports only float32 accepts most files.
  const units = chooseFeatureUnits(points);
  const sent = units === SOURCE_UNITS ? toFeatureUnits(points, units) : points;
  for (const value of encodePoints(sent)) yield { part: { $case: 'points', value } };
}
