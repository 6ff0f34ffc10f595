import { type Study, StudySettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { withoutCredentials } from '@qloom/episode-log/nats/nats-address.ts';
import type { StudyRecord } from '../run-folder/run-folder.ts';
import type { LoadedStudy } from '../study-file/load-study-file.ts';
import { toStudySettings } from '../study-file/to-settings.ts';
import { csvHash } from './study-data.ts';
import { currentVersions } from './versions.ts';

/** The record of a study that is about to run; `log` is `sqlite` or a `nats://` URL. Throws the errors of `csvHash`. */
export async function freshRecord(loaded: LoadedStudy, log: string): Promise<StudyRecord> {
  return {
    format: 'qloom-study/1',
    id: loaded.id,
    state: 'running',
    file: loaded.path,
    log: withoutCredentials(log),
    settings: StudySettings.toJSON(toStudySettings(loaded.study, { circuit: loaded.circuit?.text })),
    csvSha256: await csvHash(loaded),
    versions: currentVersions(),
    createdAt: new Date().toISOString(),
  };
}

/** The record of a study that has ended: finished where it has a result. */
export function endedRecord(record: StudyRecord, study: Study, result: StudyResult | undefined): StudyRecord {
  return {
    ...record,
    state: result !== undefined ? 'finished' : study.state === StudyState.CANCELLED ? 'cancelled' : 'failed',
    versions: currentVersions(),
    finishedAt: new Date().toISOString(),
    ...(result === undefined ? { message: study.message } : { result: StudyResult.toJSON(result) }),
  };
}
