import { status } from '@grpc/grpc-js';
import type { Study } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { CsvData } from '@qloom/datasets/csv/read-csv.ts';
import { decodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { isServiceError } from '../command/report-error.ts';
import { fitOverrides } from '../study-file/fit-space.ts';
import type { LoadedStudy } from '../study-file/load-study-file.ts';
import { refusalOf } from '../study-file/refusal.ts';
import { toStudySettings } from '../study-file/to-settings.ts';
import { type AgentClient, type Patience, untilAnswered } from './follow-study.ts';
import { putCsv } from './put-csv.ts';
import { putSourceFiles, readSourceFiles } from './source-files.ts';

/**
 * Creates the study of a file with the agent, or joins it if it exists; `csv` is its CSV, absent for a task. Returns its state. Throws
 * `StudyFileError` when a service does not offer what the file asks for, or the agent refuses the settings.
 */
export async function submitStudy(
  agent: AgentClient,
  loaded: LoadedStudy,
  csv: CsvData | undefined,
  patience: Patience,
): Promise<Study | undefined> {
  const { space } = await untilAnswered(() => agent.getCapabilities({}), patience);
  const dataset = await putCsv(agent, csv, patience);
  const sources = await putSourceFiles(agent, await readSourceFiles(loaded, csv), patience);
  const given = toStudySettings(loaded.study, { dataset, ...sources, circuit: loaded.circuit?.text });
  const settings = { ...given, space: fitOverrides(loaded, given.space, space.map(decodeHyperparameter)) };
  const request = { id: loaded.id, settings, studyFile: loaded.text };
  try {
    const { study } = await untilAnswered(() => agent.createStudy(request, { deadlineMs: 120_000 }), patience);
    return study;
  } catch (error) {
    if (isServiceError(error) && error.code === status.INVALID_ARGUMENT) throw refusalOf(loaded, error);
    throw error;
  }
}
