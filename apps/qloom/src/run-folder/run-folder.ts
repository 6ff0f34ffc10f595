import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { withoutCredentials } from '@qloom/episode-log/nats/nats-address.ts';
import { redactUrl } from '@qloom/episode-log/nats/redact-url.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { CommandError } from '../command/errors.ts';
import { makeFolder, writeWhole } from './write-file.ts';

/** The paths of one run folder, `qloom-runs/<study>/`. */
export interface RunFolder {
  /** Absolute path. */
  readonly path: string;
  /** The study file of the run. */
  readonly studyYaml: string;
  /** {@link StudyRecord}. */
  readonly studyJson: string;
  /** The event log, one event a line, in order. */
  readonly events: string;
  /** Spans, one a line. */
  readonly spans: string;
  readonly syntheticCsv: string;
  readonly cardMarkdown: string;
  readonly cardJson: string;
  /** The labelled real points of the study, on which a kept generator was fitted. */
  readonly trainingCsv: string;
  readonly report: string;
  readonly logs: string;
  /** The embedded log. */
  readonly database: string;
  /** The artifact store. */
  readonly artifacts: string;
}

/** `study.json`: what was run, its state, and its result. */
export interface StudyRecord {
  readonly format: 'qloom-study/1';
  readonly id: string;
  readonly state: 'running' | 'finished' | 'failed' | 'cancelled';
  /** The study file, relative to the working directory of the run. */
  readonly file: string;
  /** The event log: `sqlite` (inside the folder) or a `nats://` URL, without credentials. */
  readonly log: string;
  /** Address of the agent from which it was fetched; absent where it was run in this folder. */
  readonly agent?: string;
  /** StudySettings as JSON. */
  readonly settings: unknown;
  /** SHA-256 of the CSV, where the data is one. */
  readonly csvSha256?: string;
  /** Versions of the programs that ran it. */
  readonly versions: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly finishedAt?: string;
  /** Why it failed. */
  readonly message?: string;
  /** StudyResult as JSON, when finished. */
  readonly result?: unknown;
}

/** Thrown when a run folder holds another study, or none. */
export class RunFolderError extends CommandError {
  override readonly name: string = 'RunFolderError';
}

/** The paths of the run folder at `path`, which need not exist. */
export function runFolderAt(path: string): RunFolder {
  const at = (name: string): string => join(resolve(path), name);
  return {
    path: resolve(path),
    studyYaml: at('study.yaml'),
    studyJson: at('study.json'),
    events: at('events.jsonl'),
    spans: at('spans.jsonl'),
    syntheticCsv: at('synthetic.csv'),
    cardMarkdown: at('synthetic.card.md'),
    cardJson: at('synthetic.card.json'),
    trainingCsv: at('training.csv'),
    report: at('report.html'),
    logs: at('logs'),
    database: at('log.sqlite'),
    artifacts: at('artifacts'),
  };
}

/** Reads `study.json`. Throws {@link RunFolderError} when it is missing or invalid. */
export function readStudyRecord(folder: RunFolder): StudyRecord {
  if (!existsSync(folder.studyJson)) {
    throw new RunFolderError(`${folder.path} is no run folder: it has no study.json`);
  }
  const advice = 'delete it and run the study file again, which resumes from the log beside it; or give another --out';
  const text = readFileSync(folder.studyJson, 'utf8');
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    const what = text.trim() === '' ? 'is empty' : 'is not JSON';
    throw new RunFolderError(`${folder.studyJson} ${what}: ${advice}`, { cause: error });
  }
  if (record === null || typeof record !== 'object' || Array.isArray(record)) {
    const what = record === null ? 'null' : Array.isArray(record) ? 'a list' : `a ${typeof record}`;
    throw new RunFolderError(`${folder.studyJson} holds ${what} and no study: ${advice}`);
  }
  const { format, ...fields } = record as Partial<StudyRecord>;
  if (format !== FORMAT) {
    const found = format === undefined ? 'no format' : `format ${quoted(format)}`;
    const known = `this qloom reads ${JSON.stringify(FORMAT)}`;
    throw new RunFolderError(`${folder.studyJson} has ${found}; ${known}: move the folder away, or give another --out`);
  }
  const wrong = wrongField(fields);
  if (wrong !== undefined) throw new RunFolderError(`${folder.studyJson}: ${wrong}: ${advice}`);
  return { ...(record as StudyRecord), log: withoutKnownCredentials((record as StudyRecord).log) };
}

/** Earlier versions stored the URL with credentials. */
function withoutKnownCredentials(log: string): string {
  try {
    return withoutCredentials(log);
  } catch {
    return redactUrl(log);
  }
}

const FORMAT: StudyRecord['format'] = 'qloom-study/1';
const STATES: readonly StudyRecord['state'][] = ['running', 'finished', 'failed', 'cancelled'];

/** What is wrong with a record's fields: those that commands rely on. */
function wrongField(record: Partial<StudyRecord>): string | undefined {
  for (const name of ['id', 'file', 'log'] as const) {
    if (typeof record[name] !== 'string') return `${name} is not a text`;
  }
  if (record.state === undefined || !STATES.includes(record.state)) return `state is none of ${STATES.join(', ')}`;
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(record.settings)) return 'settings are not an object';
  if (record.result !== undefined && !isObject(record.result)) return 'result is not an object';
  return undefined;
}

/** Writes `study.json` atomically: a reader never sees a partial file. */
export function writeStudyRecord(folder: RunFolder, record: StudyRecord): void {
  writeWhole(folder.studyJson, `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * Creates the run folder of a study, or opens it to resume. Throws {@link RunFolderError} when it holds another study:
 * other settings, other data or another log.
 */
export function openRunFolder(folder: RunFolder, fresh: StudyRecord, studyText: string): StudyRecord {
  if (!existsSync(folder.studyJson)) {
    makeFolder(folder.path);
    writeWhole(folder.studyYaml, studyText);
    writeStudyRecord(folder, fresh);
    return fresh;
  }
  const found = readStudyRecord(folder);
  if (found.agent !== undefined) {
    throw new RunFolderError(
      `${folder.path} holds a study that was fetched from ${found.agent}: give another --out, or delete the folder`,
    );
  }
  const advice = 'give the study another name or --out, or delete the folder';
  const difference = differingSetting(found.settings, fresh.settings);
  if (difference !== undefined) {
    throw new RunFolderError(`${folder.path} holds a study with other settings (${difference}): ${advice}`);
  }
  if (found.csvSha256 !== fresh.csvSha256) {
    throw new RunFolderError(`${folder.path} holds a study of other data (the CSV has changed): ${advice}`);
  }
  if (found.log !== fresh.log) {
    throw new RunFolderError(
      `${folder.path} keeps its log in ${found.log}, not in ${fresh.log}: give --log ${found.log}`,
    );
  }
  const kept = JSON.parse(readFileSync(folder.studyJson, 'utf8')) as StudyRecord;
  if (kept.log !== found.log) writeStudyRecord(folder, found);
  return found;
}

/** The first setting, with both its values, in which two settings differ; undefined where they agree. */
export function differingSetting(found: unknown, given: unknown, at = ''): string | undefined {
  if (isDeepStrictEqual(found, given)) return undefined;
  const bothObjects = [found, given].every(
    (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
  );
  if (!bothObjects)
    return `${at}: ${found === undefined ? 'default' : quoted(found)} there, ${given === undefined ? 'default' : quoted(given)} here`;
  const a = found as Record<string, unknown>;
  const b = given as Record<string, unknown>;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const difference = differingSetting(a[key], b[key], at === '' ? key : `${at}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
