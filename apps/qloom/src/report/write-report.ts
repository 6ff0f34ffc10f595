import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { type LabelledRows, readLabelledRows } from '../data/labelled-rows.ts';
import { noResultError } from '../run-folder/no-result.ts';
import { type RunFolder, readStudyRecord } from '../run-folder/run-folder.ts';
import { writeWhole } from '../run-folder/write-file.ts';
import { readSpans } from '../telemetry/read-spans.ts';
import { renderReport } from './report.ts';

/** Writes `report.html` from the files of the run folder. Throws `CommandError` when the study has no result. */
export async function writeReport(folder: RunFolder): Promise<void> {
  const record = readStudyRecord(folder);
  if (record.result === undefined) throw noResultError(record);
  const result = StudyResult.fromJSON(record.result);
  const featureNames = result.data?.featureNames ?? [];
  const html = renderReport({
    result,
    spans: await readSpans(folder.spans),
    real: await rowsOf(folder.trainingCsv, featureNames),
    synthetic: await rowsOf(folder.syntheticCsv, featureNames),
    studyText: await readFile(folder.studyYaml, 'utf8'),
    studyFile: record.file,
    versions: record.versions,
  });
  writeWhole(folder.report, html);
}

async function rowsOf(path: string, featureNames: readonly string[]): Promise<LabelledRows | undefined> {
  return existsSync(path) ? readLabelledRows(await readFile(path, 'utf8'), featureNames) : undefined;
}
