import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, UsageError } from '../command/errors.ts';
import { forEachCell } from '../compare-file/cell-problems.ts';
import type { LoadedCell, LoadedCompare } from '../compare-file/load-compare-file.ts';
import { assertStorageAnswers } from '../run/event-log.ts';
import { readStudyCsv } from '../run/put-csv.ts';
import { freshRecord } from '../run/run-record.ts';
import { type SessionOptions, storageOf } from '../run/session.ts';
import { readSourceFiles } from '../run/source-files.ts';
import { checkData } from '../run/study-data.ts';
import { lockFolder } from '../run-folder/lock.ts';
import { openRunFolder } from '../run-folder/run-folder.ts';
import { writeWhole } from '../run-folder/write-file.ts';
import { refuseSharedAgent } from '../study-file/no-shared-agent.ts';
import { targetsFromEnvironment } from '../study-file/targets.ts';
import type { StatusStream } from '../terminal/status-line.ts';
import { type CompareFolder, compareFolderAt, readComparedCells, writeCompareRecord } from './compare-folder.ts';
import { createCompareView } from './compare-view.ts';
import type { ComparedCells } from './compared-cells.ts';
import { type OpenCell, runCells } from './run-cells.ts';
import { selectCells } from './select-cells.ts';

/** Options of a compare. */
export interface CompareOptions {
  readonly loaded: LoadedCompare;
  /** Names of the cells or groups to run. Default: all. */
  readonly only?: readonly string[];
  /** Folder of run folders. */
  readonly out: string;
  /** `sqlite` or a `nats://` URL. */
  readonly log: string;
  /** Command that resumes it, for messages and cards. */
  readonly command: string;
  readonly progress: StatusStream;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Which services and mains to start instead of our four, for tests. */
  readonly local?: Pick<SessionOptions, 'services' | 'mains'>;
}

/**
 * Runs the studies of a compare file that have not ended, in its folder; returns all cells with their results. A cell whose
 * study fails does not end the others. Wrong input leaves no folder behind. Throws `InterruptedError` when `signal` aborts, `UsageError` for wrong input,
 * and the errors of run folders.
 */
export async function runCompare(
  options: CompareOptions,
): Promise<{ readonly folder: CompareFolder; readonly compared: ComparedCells }> {
  const { loaded, log } = options;
  const chosen = selectCells(loaded.cells, options.only);
  const checked = await forEachCell(loaded.path, chosen, checkCell);
  const folder = compareFolderAt(join(options.out, loaded.name));
  const isOurs = !existsSync(folder.path);
  const lock = lockFolder(folder.path);
  try {
    const cells: OpenCell[] = [];
    for (const cell of checked) cells.push(await openCell(folder, cell, log));
    writeWhole(folder.yaml, loaded.text);
    const { name, seed, path: file } = loaded;
    writeCompareRecord(folder, { name, seed, file, command: options.command, cells: loaded.cells.map((c) => c.cell) });
    const open = cells.filter(({ record }) => record.state === 'running');
    if (open.length > 0) await runOpen(options, folder, cells, open);
    return { folder, compared: readComparedCells(folder) };
  } catch (error) {
    if (isOurs && error instanceof UsageError) rmSync(folder.path, { recursive: true, force: true });
    throw error;
  } finally {
    lock.release();
  }
}

type CheckedCell = Pick<OpenCell, 'cell' | 'loaded' | 'csv'>;

/** The data of a cell. Throws `StudyFileError` and `UsageError`, as for the study file of a run. */
async function checkCell({ cell, loaded }: LoadedCell): Promise<CheckedCell> {
  const csv = await readStudyCsv(loaded);
  checkData(loaded, csv);
  await readSourceFiles(loaded, csv);
  return { cell, loaded, csv };
}

async function openCell(folder: CompareFolder, checked: CheckedCell, log: string): Promise<OpenCell> {
  const place = folder.cell(checked.cell.id);
  const isNew = !existsSync(place.studyJson);
  const record = openRunFolder(place, await freshRecord(checked.loaded, log), checked.loaded.text);
  return { ...checked, place, record, isNew };
}

async function runOpen(
  options: CompareOptions,
  folder: CompareFolder,
  cells: readonly OpenCell[],
  open: readonly OpenCell[],
): Promise<void> {
  const { loaded, log, env, signal, command } = options;
  const targets = { ...loaded.services, ...targetsFromEnvironment(env) };
  refuseSharedAgent(log, targets);
  await assertStorageAnswers(storageOf(folder.shared, log), env);
  const view = createCompareView(options.progress, loaded.name);
  for (const { cell, csv } of open) {
    for (const note of csv?.notes ?? []) view.note(`cell ${cell.name}: ${cell.study.data.csv}: ${note}`);
    for (const text of csv?.warnings ?? []) view.note(`Warning: cell ${cell.name}: ${cell.study.data.csv}: ${text}`);
  }
  const countOf = (state: string) => cells.filter(({ record }) => record.state === state).length;
  await runCells(open, {
    path: loaded.path,
    session: {
      folder: folder.shared,
      log,
      ...options.local,
      targets,
    },
    ended: { finished: countOf('finished'), failed: countOf('failed') + countOf('cancelled') },
    ...{ command, view, signal },
  });
}

/** Throws `CommandError` with the reasons where cells have failed. */
export function requireFinished({ cells }: ComparedCells, folder: CompareFolder): void {
  const failed = cells.filter(({ state }) => state === 'failed' || state === 'cancelled');
  if (failed.length === 0) return;
  const reasons = failed.map(
    ({ cell, state, message }) => `  ${cell.name} ${state}: ${message || 'no reason on record'}`,
  );
  throw new CommandError(
    `${failed.length} of ${cells.length} cells have no result:\n${reasons.join('\n')}\n` +
      `They have ended and cannot be resumed: change what the reason names, and give those cells another name, or delete ${folder.path}`,
  );
}
