import { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { writeCsv } from '@qloom/datasets/csv/write-csv.ts';
import { openArtifactStore } from '@qloom/episode-log/open-log.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { coveringQuotas } from '@qloom/study/synthesis/quotas.ts';
import { samplePoints } from '@qloom/study-rpc/clients/generator-client.ts';
import { decodePointsArtifact } from '@qloom/study-rpc/codec/points-artifact.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { CommandError, UsageError } from '../command/errors.ts';
import { credentialsFromEnvironment } from '../run/event-log.ts';
import { listenForInterrupt } from '../run/interrupt.ts';
import { storageOf } from '../run/session.ts';
import { noResultError } from '../run-folder/no-result.ts';
import { type RunFolder, readStudyRecord } from '../run-folder/run-folder.ts';
import { targetsFromEnvironment } from '../study-file/targets.ts';
import { startLocalServices } from '../supervisor/local-services.ts';

/** Options of sampling. */
export interface SampleOptions {
  /** Points in all. */
  readonly count: number;
  /** Name of the only class; default: all, in the proportions of the study's real points. */
  readonly class?: string;
  readonly seed: number;
  /** Skips the gate. */
  readonly ungated?: boolean;
}

/**
 * Draws points from the model that a study kept, with a generator started for the purpose (or the user's own), as CSV.
 * Throws `CommandError` when the study kept none, `UsageError` for a class that it does not have.
 */
export async function sample(folder: RunFolder, flags: SampleOptions): Promise<string> {
  const record = readStudyRecord(folder);
  if (record.result === undefined) throw noResultError(record);
  const result = StudyResult.fromJSON(record.result);
  const card = result.synthetic;
  if (card?.model === undefined)
    throw new CommandError(`study ${record.id} kept no model: no configuration with synthetic points was chosen`);
  const data = result.data ?? DataDescription.fromPartial({});
  const { classNames } = data;
  const only = flags.class === undefined ? undefined : classNames.indexOf(flags.class);
  if (only === -1) throw new UsageError(`--class: ${quoted(flags.class)} is not one of ${classNames.join(', ')}`);
  const store = await openArtifactStore(storageOf(folder, record.log).artifactsUrl, {
    ...credentialsFromEnvironment(process.env),
    unavailableAfterMs: 5_000,
    warn: () => {},
  });
  const [model, real] = await Promise.all([
    store.get(card.model.sha256),
    card.training && store.get(card.training.sha256),
  ]).finally(() => store.close());
  // The classes of the real points, as in the synthetic set itself, whose own counts are rounded.
  const like = real ? classCounts(decodePointsArtifact(real, 'training points')) : card.classCounts;
  const counts =
    only === undefined ? coveringQuotas(flags.count, like) : like.map((_, label) => (label === only ? flags.count : 0));
  const interrupt = listenForInterrupt();
  const targets = targetsFromEnvironment(process.env);
  const services = startLocalServices({
    logFolder: folder.logs,
    services: targets.generator === undefined ? ['generator'] : [],
    targets,
  });
  const generator = connect(GeneratorServiceService, services.targets.generator);
  try {
    await Promise.race([services.started, rejectWhenAborted(interrupt.signal)]);
    const settings = { seed: flags.seed, classCounts: counts, ungated: flags.ungated ?? false };
    const { points } = await samplePoints(generator, { settings, model, signal: interrupt.signal });
    return writeCsv(points, data, data);
  } finally {
    generator.close();
    await services.stop();
    interrupt.dispose();
  }
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
