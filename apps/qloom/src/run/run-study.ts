import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AgentServiceService, type Study, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { CsvData } from '@qloom/datasets/csv/read-csv.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { InterruptedError, UsageError } from '../command/errors.ts';
import { writeReport } from '../report/write-report.ts';
import { type FolderLock, lockFolder } from '../run-folder/lock.ts';
import { noResultError } from '../run-folder/no-result.ts';
import {
  openRunFolder,
  type RunFolder,
  RunFolderError,
  runFolderAt,
  type StudyRecord,
  writeStudyRecord,
} from '../run-folder/run-folder.ts';
import type { LoadedStudy } from '../study-file/load-study-file.ts';
import { refuseSharedAgent } from '../study-file/no-shared-agent.ts';
import { type Targets, targetsFromEnvironment } from '../study-file/targets.ts';
import { noteServiceEvent } from '../supervisor/note-service-event.ts';
import type { StatusStream } from '../terminal/status-line.ts';
import { collectResult } from './collect-result.ts';
import { assertStorageAnswers, credentialsFromEnvironment } from './event-log.ts';
import { type AgentClient, followStudy, type Patience } from './follow-study.ts';
import { whenAborted } from './interrupt.ts';
import { keepEvents } from './keep-events.ts';
import { createProgressTracker } from './progress.ts';
import { createProgressView, type ProgressView } from './progress-view.ts';
import { readStudyCsv } from './put-csv.ts';
import { endedRecord, freshRecord } from './run-record.ts';
import { type Session, type SessionOptions, startSession, storageOf } from './session.ts';
import { readSourceFiles } from './source-files.ts';
import { checkData } from './study-data.ts';
import { submitStudy } from './submit-study.ts';

/** Options of a run. */
export interface RunOptions {
  readonly loaded: LoadedStudy;
  /** Folder of run folders. */
  readonly out: string;
  /** `sqlite` or a `nats://` URL. */
  readonly log: string;
  /** Whether a study with an existing folder is resumed; false refuses it. */
  readonly resume: boolean;
  /** Command that resumes this run, for messages and the card. */
  readonly command: string;
  readonly progress: StatusStream;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Which services and mains to start instead of our four, for tests. */
  readonly local?: Pick<SessionOptions, 'services' | 'mains'>;
}

/** A study that has finished. */
export interface FinishedRun {
  readonly folder: RunFolder;
  readonly result: StudyResult;
  /** Whether it had finished before, so that nothing was run. */
  readonly alreadyThere: boolean;
}

/**
 * Runs a study in its folder, or resumes it. Throws `InterruptedError` when `signal` aborts, and a `CommandError` with
 * a remedy when it cannot be run. Wrong input (`UsageError`) leaves no run folder behind.
 */
export async function runStudy(options: RunOptions): Promise<FinishedRun> {
  const { loaded } = options;
  const folder = runFolderAt(join(options.out, loaded.id));
  if (!options.resume && existsSync(folder.studyJson)) {
    throw new RunFolderError(
      `${folder.path} exists already, and --no-resume was given: delete it, or give another --out`,
    );
  }
  refuseSharedAgent(options.log, targetsOf(options));
  const fresh = await freshRecord(loaded, options.log);
  const csv = await readStudyCsv(loaded);
  checkData(loaded, csv);
  await readSourceFiles(loaded, csv);
  const isOurs = !existsSync(folder.path);
  const lock: FolderLock = lockFolder(folder.path);
  try {
    const record = openRunFolder(folder, fresh, loaded.text);
    if (record.state === 'finished' && record.result !== undefined) {
      return { folder, result: StudyResult.fromJSON(record.result), alreadyThere: true };
    }
    if (record.state === 'failed' || record.state === 'cancelled') throw noResultError(record);
    try {
      await assertStorageAnswers(storageOf(folder, options.log), options.env);
    } catch (error) {
      if (isOurs) rmSync(folder.path, { recursive: true, force: true }); // nothing was run
      throw error;
    }
    return { folder, result: await runInFolder(options, folder, record, csv), alreadyThere: false };
  } catch (error) {
    if (isOurs && error instanceof UsageError) rmSync(folder.path, { recursive: true, force: true });
    throw error;
  } finally {
    lock.release();
  }
}

const targetsOf = ({ loaded, env }: RunOptions): Targets => ({
  ...loaded.study.services,
  ...targetsFromEnvironment(env),
});

async function runInFolder(
  options: RunOptions,
  folder: RunFolder,
  record: StudyRecord,
  csv: CsvData | undefined,
): Promise<StudyResult> {
  const { loaded, signal } = options;
  const view = createProgressView(options.progress, loaded.id);
  const session = await startSession({
    folder,
    log: options.log,
    ...options.local,
    targets: targetsOf(options),
    onEvent: (event) => noteServiceEvent(event, view.note),
  });
  const agent: AgentClient = connect(AgentServiceService, session.services.targets.agent);
  try {
    for (const note of csv?.notes ?? []) view.note(`${loaded.study.data.csv}: ${note}`);
    for (const warning of csv?.warnings ?? []) view.note(`Warning: ${loaded.study.data.csv}: ${warning}`);
    view.note(`Starting the four services; logs in ${folder.logs}`);
    const given = Promise.race([session.failed, whenAborted(signal)]);
    await Promise.race([session.services.started, given]);
    const work = studyWork(options, folder, session, agent, view, csv);
    work.catch(() => {});
    const { study, result } = await Promise.race([work, given]);
    const ended = endedRecord(record, study, result);
    writeStudyRecord(folder, ended);
    if (result === undefined) throw noResultError(ended);
    agent.close();
    view.end();
    await session.stop();
    await writeReport(folder);
    return result;
  } catch (error) {
    view.end();
    if (signal.aborted) throw new InterruptedError('interrupted', { cause: error });
    throw error;
  } finally {
    view.end();
    agent.close();
    await session.stop();
  }
}

async function studyWork(
  options: RunOptions,
  folder: RunFolder,
  session: Session,
  agent: AgentClient,
  view: ProgressView,
  csv: CsvData | undefined,
): Promise<{ study: Study; result?: StudyResult }> {
  const { loaded, signal } = options;
  const patience: Patience = { signal, onWait: (reason) => view.note(`waiting for the agent: ${reason}`) };
  await submitStudy(agent, loaded, csv, patience);
  const events = await keepEvents(session.logUrl, loaded.id, folder.events, credentialsFromEnvironment(options.env));
  const tracker = createProgressTracker(() => performance.now());
  try {
    const following = followStudy(agent, loaded.id, patience, (now) => view.show(tracker.update(now)));
    following.catch(() => {});
    const study = await Promise.race([following, events.failed]);
    if (study.state !== StudyState.FINISHED) return { study };
    return { study, result: await collectResult(agent, study, folder, options.command, patience) };
  } finally {
    await events.stop();
  }
}
