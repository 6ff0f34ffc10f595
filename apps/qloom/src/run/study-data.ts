import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CsvData } from '@qloom/datasets/csv/read-csv.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';
import type { DataShape } from '@qloom/qnn/model/qnn-model.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { type LoadedStudy, studyProblem, studyProblems } from '../study-file/load-study-file.ts';
import { qnnShapeProblems } from '../study-file/qnn-settings.ts';

/**
 * Checks a study's data, and its QNN against the features and classes that they have; `csv` is its CSV, absent for a task.
 * Throws `StudyFileError` with the line of the setting that does not fit.
 */
export function checkData(loaded: LoadedStudy, csv: CsvData | undefined): void {
  const { qnn = {} } = loaded.study;
  const shape = csv?.points ?? taskShape(loaded);
  const problems = qnnShapeProblems(qnn, shape, loaded.circuit);
  if (problems.length > 0) throw studyProblems(loaded, problems);
}

function taskShape(loaded: LoadedStudy): DataShape {
  const { task = '', settings } = loaded.study.data;
  try {
    const { featureNames, classNames } = createNamedTask(task, settings ?? {}).descriptor;
    return { features: featureNames.length, classes: classNames.length };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const path =
      settings !== undefined && error.field in settings ? ['data', 'settings', error.field] : ['data', 'settings'];
    throw studyProblem(loaded, path, error.message.replace(`${error.field}: `, ''));
  }
}

/** SHA-256 of the study's CSV, hexadecimal; undefined for a task. Throws `StudyFileError` when it cannot be read. */
export async function csvHash(loaded: LoadedStudy): Promise<string | undefined> {
  const { csv } = loaded.study.data;
  if (csv === undefined) return undefined;
  try {
    return createHash('sha256')
      .update(await readFile(loaded.resolvePath(csv)))
      .digest('hex');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw studyProblem(
      loaded,
      ['data', 'csv'],
      `${csv} ${code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`}`,
    );
  }
}
