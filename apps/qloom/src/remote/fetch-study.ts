import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Study, StudySettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { openArtifactStore } from '@qloom/episode-log/open-log.ts';
import { stringify } from 'yaml';
import { writeReport } from '../report/write-report.ts';
import { collectResult } from '../run/collect-result.ts';
import { fetchArtifact, type Patience } from '../run/follow-study.ts';
import { endedRecord } from '../run/run-record.ts';
import { storageOf } from '../run/session.ts';
import { currentVersions } from '../run/versions.ts';
import { lockFolder } from '../run-folder/lock.ts';
import { noResultError } from '../run-folder/no-result.ts';
import {
  differingSetting,
  type RunFolder,
  RunFolderError,
  readStudyRecord,
  runFolderAt,
  type StudyRecord,
  writeStudyRecord,
} from '../run-folder/run-folder.ts';
import { writeWhole } from '../run-folder/write-file.ts';
import type { KeptSpan } from '../telemetry/kept-span.ts';
import { shownPath } from '../terminal/format.ts';
import type { RemoteAgent } from './connect-agent.ts';
import { hasEnded } from './list-table.ts';
import { creationOf, eventLines, studyEvents } from './study-events.ts';

/** Options of {@link fetchStudy}. */
export interface FetchOptions {
  /** Folder of run folders. */
  readonly out: string;
  /** Command that fetches the study, for its card. */
  readonly command: string;
  readonly patience: Patience;
  /** Called with what could not be fetched and what follows from that. */
  readonly note: (text: string) => void;
  /** The spans of the study; undefined where no store of traces is known. */
  readonly spans?: () => Promise<readonly KeptSpan[]>;
}

/** A study in its run folder. */
export interface FetchedStudy {
  readonly folder: RunFolder;
  /** Absent where the study has not ended yet. */
  readonly result?: StudyResult;
}

/**
 * Writes the run folder that a local run of a study would have left: study file, events, result with its data and model, report,
 * and the spans where there is a store of traces. A study that has not ended leaves its events so far. Throws
 * {@link RunFolderError} where the folder holds another study, and `CommandError` with the reason where the study has ended
 * without a result.
 */
export async function fetchStudy(agent: RemoteAgent, study: Study, options: FetchOptions): Promise<FetchedStudy> {
  const folder = runFolderAt(join(options.out, study.id));
  const settings = StudySettings.toJSON(study.settings ?? StudySettings.fromPartial({}));
  const lock = lockFolder(folder.path);
  try {
    if (existsSync(folder.studyJson)) assertSameStudy(folder, settings);
    const record: StudyRecord = {
      format: 'qloom-study/1',
      id: study.id,
      state: 'running',
      file: shownPath(folder.studyYaml),
      log: 'sqlite',
      agent: agent.address,
      settings,
      versions: currentVersions(),
      createdAt: (study.createTime ?? new Date()).toISOString(),
    };
    await keepEvents(agent, study, folder, settings, options);
    const result = await keepResult(agent, study, folder, options);
    const isOver = hasEnded(study.state);
    const ended = isOver ? endedRecord(record, study, result) : record;
    const finishedAt = study.endTime?.toISOString() ?? ended.finishedAt;
    writeStudyRecord(folder, isOver ? { ...ended, finishedAt } : ended);
    await keepSpans(folder, options);
    if (isOver && result === undefined) throw noResultError(ended);
    if (result !== undefined) await writeReport(folder);
    return { folder, result };
  } finally {
    lock.release();
  }
}

function assertSameStudy(folder: RunFolder, settings: unknown): void {
  const found = readStudyRecord(folder);
  const advice = 'give another --out, or delete the folder';
  if (found.agent === undefined) throw new RunFolderError(`${folder.path} holds a study that was run here: ${advice}`);
  const difference = differingSetting(found.settings, settings);
  if (difference !== undefined) {
    throw new RunFolderError(`${folder.path} holds a study with other settings (${difference}): ${advice}`);
  }
}

async function keepEvents(
  agent: RemoteAgent,
  study: Study,
  folder: RunFolder,
  settings: unknown,
  { patience, note }: FetchOptions,
): Promise<void> {
  const events = await studyEvents(agent.client, study.id, patience);
  if (events === undefined) note(`agent ${agent.address} gives no events: there is no events.jsonl`);
  else writeWhole(folder.events, eventLines(study.id, events));
  const text = creationOf(events ?? [])?.studyFile;
  const instead = `# Created without a study file; these are its settings, by their names in the agent's API.\n${stringify(settings)}`;
  writeWhole(folder.studyYaml, text ?? instead);
}

/** Result, data, card, and the model that `qloom sample` needs. */
async function keepResult(
  agent: RemoteAgent,
  study: Study,
  folder: RunFolder,
  { command, patience }: FetchOptions,
): Promise<StudyResult | undefined> {
  if (study.state !== StudyState.FINISHED) return undefined;
  const result = await collectResult(agent.client, study, folder, command, patience);
  const kept = [result.synthetic?.model, result.synthetic?.training].filter((ref) => ref !== undefined);
  if (kept.length === 0) return result;
  const store = await openArtifactStore(storageOf(folder, 'sqlite').artifactsUrl, { warn: () => {} });
  try {
    for (const { sha256 } of kept) await store.put(await fetchArtifact(agent.client, sha256, patience));
  } finally {
    await store.close();
  }
  return result;
}

async function keepSpans(folder: RunFolder, { spans, note }: FetchOptions): Promise<void> {
  if (spans === undefined) return;
  try {
    writeWhole(folder.spans, (await spans()).map((span) => `${JSON.stringify(span)}\n`).join(''));
  } catch (error) {
    note(`${(error as Error).message}; the report has no times of stages`);
  }
}
