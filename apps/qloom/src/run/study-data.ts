import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DatasetError } from '@qloom/datasets/dataset-error.ts';
import { createNamedTask } from '@qloom/datasets/task-registry.ts';
import { type LoadedStudy, studyProblem } from '../study-file/load-study-file.ts';

/** Checks the settings of a study's task. Throws `StudyFileError` with the line of the setting. */
export function checkTask(loaded: LoadedStudy): void {
  const { task, settings } = loaded.study.data;
  if (task === undefined) return;
  try {
    createNamedTask(task, settings ?? {});
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
