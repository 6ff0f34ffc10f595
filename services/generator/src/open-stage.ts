import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { openStorage, type StorageConfig } from '@qloom/service-kit/config/open-storage.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { createFitStage } from './stage.ts';

/** Where the stage finds what it needs. */
export interface OpenStageOptions {
  /** Where the event log and the artifacts are; without QLOOM_LOG there is no stage. */
  readonly storage: StorageConfig;
  /** The generator to call; absent: this very process. */
  readonly generator: string | undefined;
  readonly concurrency: number;
  readonly logger: Logger;
}

/** The stage worker with its connections, to be closed after it has drained. */
export interface OpenStage {
  readonly workers: readonly BackgroundWork[];
  close(): Promise<void>;
}

/** Opens log and store and makes the stage worker; nothing where no log is configured. Throws as `openStorage` does. */
export async function openStage(options: OpenStageOptions): Promise<OpenStage> {
  const storage = await openStorage(options.storage, options.logger);
  if (!storage) return { workers: [], close: async () => undefined };
  let remote: Remote<typeof GeneratorServiceService> | undefined;
  const worker = createFitStage({
    episodeLog: storage.episodeLog,
    artifacts: storage.artifacts,
    log: options.logger,
    concurrency: options.concurrency,
    generator: (self) => (remote ??= connect(GeneratorServiceService, options.generator ?? self)),
  });
  return {
    workers: [worker],
    async close() {
      remote?.close();
      await storage.close();
    },
  };
}
