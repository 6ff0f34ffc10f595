import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { Connect, Remote } from '@qloom/service-kit/client/clients.ts';
import { openStorage, requireWithLog, type StorageConfig } from '@qloom/service-kit/config/open-storage.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import type { AskedService } from '../implementations.ts';
import { createFoldStage, type FoldStage, readsProposal } from './fold-stage.ts';

/** The variables of a service that has a stage of folds. */
export type FoldStageConfig = StorageConfig & {
  readonly QLOOM_GENERATOR_TARGET?: string;
  readonly QLOOM_STAGE_CONCURRENCY: number;
};

/** A stage worker with its connections, to be closed after it has drained. */
export interface OpenFoldStage {
  /** The worker; empty if no log is configured. */
  readonly workers: readonly BackgroundWork[];
  close(): Promise<void>;
}

/**
 * Opens the log and the store and creates the worker of a stage, which calls the service at `target` (undefined: this
 * process itself); nothing if QLOOM_LOG is not set. Throws ConfigError for missing variables, and the errors of
 * `openStorage`.
 */
export async function openFoldStage<Service extends AskedService, Result>(
  stage: FoldStage<Service, Result>,
  {
    config,
    target,
    log,
    connect,
  }: {
    readonly config: FoldStageConfig;
    readonly target: string | undefined;
    readonly log: Logger;
    readonly connect: Connect;
  },
): Promise<OpenFoldStage> {
  const samples = !readsProposal(stage);
  requireWithLog(config, samples ? ['QLOOM_ARTIFACTS', 'QLOOM_GENERATOR_TARGET'] : ['QLOOM_ARTIFACTS']);
  const storage = await openStorage(config, log);
  if (storage === undefined) return { workers: [], close: async () => undefined };
  let generator: Remote<typeof GeneratorServiceService> | undefined;
  if (samples) generator = connect(GeneratorServiceService, config.QLOOM_GENERATOR_TARGET as string);
  let service: (Service & { close(): void }) | undefined;
  const worker = createFoldStage(stage, {
    episodeLog: storage.episodeLog,
    artifacts: storage.artifacts,
    log,
    concurrency: config.QLOOM_STAGE_CONCURRENCY,
    service: (self) => (service ??= stage.connect(connect, target ?? self)),
    generator,
  });
  return {
    workers: [worker],
    async close() {
      service?.close();
      generator?.close();
      await storage.close();
    },
  };
}
