import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { CommandError, UsageError } from '../command/errors.ts';
import { type RunFolder, readStudyRecord, runFolderAt } from '../run-folder/run-folder.ts';
import { writeWhole } from '../run-folder/write-file.ts';
import type { CompareCell, ComparedCell, ComparedCells } from './compared-cells.ts';

/** The paths of the folder of a compare, `qloom-runs/<compare>/`. */
export interface CompareFolder {
  /** Absolute path. */
  readonly path: string;
  /** The compare file of the run. */
  readonly yaml: string;
  /** {@link CompareRecord}. */
  readonly record: string;
  /** The comparison, `CompareResult`. */
  readonly json: string;
  /** The comparison as a page. */
  readonly page: string;
  /** Log, artifacts, spans and logs of the services, which all cells share. */
  readonly shared: RunFolder;
  /** The run folder of a cell's study: `cells/<id>/`. */
  cell(id: string): RunFolder;
}

/** `cells.json`: what is compared. Results are in the folders of the cells. */
export interface CompareRecord {
  readonly format: 'qloom-compare/1';
  readonly name: string;
  readonly seed: number;
  /** The compare file, relative to the working directory of the run. */
  readonly file: string;
  /** The command that resumes it. */
  readonly command: string;
  readonly cells: readonly CompareCell[];
}

const FORMAT: CompareRecord['format'] = 'qloom-compare/1';

/** The paths of the folder at `path`, which need not exist. */
export function compareFolderAt(path: string): CompareFolder {
  const at = resolve(path);
  return {
    path: at,
    yaml: join(at, 'compare.yaml'),
    record: join(at, 'cells.json'),
    json: join(at, 'compare.json'),
    page: join(at, 'compare.html'),
    shared: runFolderAt(at),
    cell: (id) => runFolderAt(join(at, 'cells', id)),
  };
}

/** Writes `cells.json`. */
export function writeCompareRecord(folder: CompareFolder, record: Omit<CompareRecord, 'format'>): void {
  writeWhole(folder.record, `${JSON.stringify({ format: FORMAT, ...record }, null, 2)}\n`);
}

/** Reads `cells.json`. Throws `UsageError` where there is none, `CommandError` where it is not one that this program wrote. */
export function readCompareRecord(folder: CompareFolder): CompareRecord {
  if (!existsSync(folder.record)) {
    throw new UsageError(`${folder.path} is no folder of a compare: it has no cells.json`);
  }
  const advice = 'run the compare file again, which writes it anew';
  let record: Partial<CompareRecord> | null;
  try {
    record = JSON.parse(readFileSync(folder.record, 'utf8'));
  } catch (error) {
    throw new CommandError(`${folder.record} is not JSON: ${advice}`, { cause: error });
  }
  if (record?.format !== FORMAT || !Array.isArray(record.cells)) {
    throw new CommandError(`${folder.record} is not of format "${FORMAT}": ${advice}`);
  }
  return record as CompareRecord;
}

/** The cells of a compare with the results that its folder has so far. Throws the errors of `readStudyRecord`. */
export function readComparedCells(folder: CompareFolder): ComparedCells {
  const { name, seed, cells } = readCompareRecord(folder);
  return { name, seed, cells: cells.map((cell) => comparedCell(folder, cell)) };
}

function comparedCell(folder: CompareFolder, cell: CompareCell): ComparedCell {
  const place = folder.cell(cell.id);
  if (!existsSync(place.studyJson)) return { cell, state: 'open' };
  const { state, message, result } = readStudyRecord(place);
  if (state === 'finished' && result !== undefined) return { cell, state, result: StudyResult.fromJSON(result) };
  return state === 'failed' || state === 'cancelled' ? { cell, state, message } : { cell, state: 'open' };
}
