import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CsvData } from '@qloom/datasets/csv/read-csv.ts';
import type { Task } from '@qloom/datasets/tasks/task.ts';
import { createNamedTask, createRelativeTask } from '@qloom/datasets/tasks/task-table.ts';
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
  const { task = '', settings, simulator } = loaded.study.data;
  const made = ofSettings(loaded, ['data', 'settings'], settings, () => createNamedTask(task, settings ?? {}));
  if (typeof simulator === 'object') {
    const path = ['data', 'simulator', 'settings'];
    ofSettings(loaded, path, simulator.settings, () => createRelativeTask(made, simulator.settings ?? {}));
  }
  const { featureNames, classNames } = made.descriptor;
  return { features: featureNames.length, classes: classNames.length };
}

/** Reports an error of a task with the line of the setting that it names. */
function ofSettings(
  loaded: LoadedStudy,
  path: readonly string[],
  settings: Readonly<Record<string, unknown>> | undefined,
  make: () => Task,
): Task {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    const at =
      settings !== undefined && error.field in settings ? [...path, error.field] : settings ? path : path.slice(0, 2);
    throw studyProblem(loaded, at, error.message.replace(`${error.field}: `, ''));
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
