import { rmSync } from 'node:fs';
import { AgentServiceService, type Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { CsvData } from '@qloom/datasets/csv/read-csv.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { InterruptedError, UsageError } from '../command/errors.ts';
import { forEachCell } from '../compare-file/cell-problems.ts';
import type { LoadedCell } from '../compare-file/load-compare-file.ts';
import { writeReport } from '../report/write-report.ts';
import { collectResult } from '../run/collect-result.ts';
import { type AgentClient, followStudy, type Patience } from '../run/follow-study.ts';
import { whenAborted } from '../run/interrupt.ts';
import { endedRecord } from '../run/run-record.ts';
import { type SessionOptions, startSession } from '../run/session.ts';
import { submitStudy } from '../run/submit-study.ts';
import { type RunFolder, type StudyRecord, writeStudyRecord } from '../run-folder/run-folder.ts';
import { noteServiceEvent } from '../supervisor/note-service-event.ts';
import { type CompareTracker, createCompareTracker } from './compare-progress.ts';
import type { CompareView } from './compare-view.ts';

/** A cell that has not ended, with the folder and the record of its study. */
export interface OpenCell extends LoadedCell {
  readonly csv: CsvData | undefined;
  readonly place: RunFolder;
  readonly record: StudyRecord;
  /** Whether this run made the folder. */
  readonly isNew: boolean;
}

/** Options of {@link runCells}. */
export interface RunCellsOptions {
  /** The compare file, for messages. */
  readonly path: string;
  readonly session: SessionOptions;
  /** Cells that had ended before, for the progress. */
  readonly ended: { readonly finished: number; readonly failed: number };
  /** The command that resumes the compare, for the cards of synthetic data. */
  readonly command: string;
  readonly view: CompareView;
  readonly signal: AbortSignal;
}

/**
 * Runs the studies of cells: starts the services, creates the studies in the order of the file, and writes the result of each into
 * its folder when it ends. The agents of the log share the studies between them; a study that another machine runs is
 * followed like one of this machine. Resolves when all have ended, however they did.
 *
 * Throws `StudyFileError` where the agent refuses cells (after it was asked for all), `InterruptedError` when `signal` aborts.
 */
export async function runCells(cells: readonly OpenCell[], options: RunCellsOptions): Promise<void> {
  const { view, signal } = options;
  const session = await startSession({ ...options.session, onEvent: (event) => noteServiceEvent(event, view.note) });
  const agent: AgentClient = connect(AgentServiceService, session.services.targets.agent);
  try {
    view.note(`Starting the four services; logs in ${options.session.folder.logs}`);
    const given = Promise.race([session.failed, whenAborted(signal)]);
    await Promise.race([session.services.started, given]);
    const work = createAndFollow(agent, cells, options);
    work.catch(() => {});
    await Promise.race([work, given]);
  } catch (error) {
    if (signal.aborted) throw new InterruptedError('interrupted', { cause: error });
    throw error;
  } finally {
    view.end();
    agent.close();
    await session.stop();
  }
}

async function createAndFollow(
  agent: AgentClient,
  cells: readonly OpenCell[],
  options: RunCellsOptions,
): Promise<void> {
  const { view, signal, ended } = options;
  const patience: Patience = { signal, onWait: (reason) => view.note(`waiting for the agent: ${reason}`) };
  const names = cells.map(({ cell }) => cell.name);
  const tracker = createCompareTracker(names, ended, () => performance.now());
  const following = await forEachCell(options.path, cells, async (open) => {
    await submit(agent, open, patience);
    const followed = followCell(agent, open, tracker, patience, options);
    followed.catch(() => {});
    // Not the promise itself, which would be awaited before the next study is created.
    return () => followed;
  });
  await Promise.all(following.map((followed) => followed()));
}

/** Creates the study of a cell. A new folder of one that is refused is removed: it would block the corrected one. */
async function submit(agent: AgentClient, { loaded, csv, place, isNew }: OpenCell, patience: Patience): Promise<void> {
  try {
    await submitStudy(agent, loaded, csv, patience);
  } catch (error) {
    if (isNew && error instanceof UsageError) rmSync(place.path, { recursive: true, force: true });
    throw error;
  }
}

async function followCell(
  agent: AgentClient,
  { cell, loaded, place, record }: OpenCell,
  tracker: CompareTracker,
  patience: Patience,
  { view, command }: RunCellsOptions,
): Promise<void> {
  const show = (study: Study): void => view.show(cell.name, tracker.update(cell.name, study), tracker.progress());
  const study = await followStudy(agent, loaded.id, patience, show);
  const hasResult = study.state === StudyState.FINISHED;
  const result = hasResult ? await collectResult(agent, study, place, command, patience) : undefined;
  const ended = endedRecord(record, study, result);
  writeStudyRecord(place, ended);
  if (result !== undefined) await writeReport(place);
  tracker.end(cell.name, result === undefined);
  view.ended(`${cell.name} ${ended.state}${ended.message ? `: ${ended.message}` : ''}`, tracker.progress());
}
