import { Answer } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { type CsvRecord, parseCsvRecords } from '@qloom/datasets/csv/reading/csv-records.ts';
import { findSeparator } from '@qloom/datasets/csv/reading/separator.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { UsageError } from '../command/errors.ts';

/** Answers of a file, and the line of each. */
export interface AnswersFile {
  readonly answers: readonly Answer[];
  readonly lines: readonly number[];
  /** Rows without a label: points that are not answered yet. */
  readonly open: number;
}

/** Most shots of an answer: those that the contract can hold. */
const MOST_SHOTS = 2 ** 32 - 1;

/**
 * Reads answers from CSV text with a header: the columns `point` and `label`, and where they are there `measured_at`, `backend`,
 * `job` and `shots`; others, such as the features, play no part. Rows without a label are left out. Throws `UsageError` as
 * `path:line: …`.
 */
export function readAnswers(path: string, text: string, isCorrection: boolean): AnswersFile {
  const [header, ...records] = recordsOf(path, text);
  const names = (header?.fields ?? []).map((field) => field.text);
  for (const name of ['point', 'label']) {
    if (names.includes(name)) continue;
    throw new UsageError(`${path}:1: has no column ${name}; it has ${names.join(', ') || 'none'}`);
  }
  const answers: Answer[] = [];
  const lines: number[] = [];
  for (const record of records) {
    const value = (name: string) => record.fields[names.indexOf(name)]?.text ?? '';
    if (value('label') === '') continue;
    const wrong = (what: string): UsageError => new UsageError(`${path}:${record.line}: ${what}`);
    answers.push(
      Answer.fromPartial({
        point: value('point'),
        outcome: { $case: 'label', value: value('label') },
        correction: isCorrection,
        provenance: {
          measuredAt: timeOf(value('measured_at'), wrong),
          backend: value('backend'),
          job: value('job'),
          shots: shotsOf(value('shots'), wrong),
        },
      }),
    );
    lines.push(record.line);
  }
  return { answers, lines, open: records.length - answers.length };
}

/** Answers that give points back, or exclude them. */
export function outcomeOf(points: readonly string[], outcome: 'withdrawn' | 'excluded', correction: boolean): Answer[] {
  return points.map((point) => Answer.fromPartial({ point, outcome: { $case: outcome, value: true }, correction }));
}

function recordsOf(path: string, text: string): CsvRecord[] {
  try {
    return parseCsvRecords(text, findSeparator(text).separator);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new UsageError(`${path}:${error.line ?? 1}: ${error.message}`, { cause: error });
  }
}

function timeOf(text: string, wrong: (what: string) => UsageError): Date | undefined {
  if (text === '') return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw wrong(`measured_at: ${quoted(text)} is no time; such as 2026-11-30T14:05:00Z is`);
  return time;
}

function shotsOf(text: string, wrong: (what: string) => UsageError): number {
  const shots = Number(text);
  if (!Number.isInteger(shots) || shots < 0 || shots > MOST_SHOTS) {
    throw wrong(`shots: ${quoted(text)} is no whole number from 0 to ${MOST_SHOTS}`);
  }
  return shots;
}
