import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { ConfigError } from '@qloom/service-kit/config/config.ts';
import { openStorage, type StorageConfig } from '@qloom/service-kit/config/open-storage.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { createAssessStage } from './stage.ts';

/** Where the stage finds what it needs. */
export interface OpenStageOptions {
  /** Where the event log and the artifacts are; without QLOOM_LOG there is no stage. */
  readonly storage: StorageConfig;
  /** The generator to sample from. */
  readonly generator: string | undefined;
  /** The discriminator to call; absent: this very process. */
  readonly discriminator: string | undefined;
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
  if (options.storage.QLOOM_LOG !== undefined && options.generator === undefined) {
    throw new ConfigError(['QLOOM_GENERATOR_TARGET: not set; it is needed where QLOOM_LOG is set']);
  }
  const storage = await openStorage(options.storage, options.logger);
  if (!storage || options.generator === undefined) return { workers: [], close: async () => undefined };
  const generator = connect(GeneratorServiceService, options.generator);
  let discriminator: Remote<typeof DiscriminatorServiceService> | undefined;
  const worker = createAssessStage({
    episodeLog: storage.episodeLog,
    artifacts: storage.artifacts,
    log: options.logger,
    concurrency: options.concurrency,
    generator: () => generator,
    discriminator: (self) => (discriminator ??= connect(DiscriminatorServiceService, options.discriminator ?? self)),
  });
  return {
    workers: [worker],
    async close() {
      discriminator?.close();
      generator.close();
      await storage.close();
    },
  };
}
