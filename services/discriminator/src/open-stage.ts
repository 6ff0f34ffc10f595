import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { BackgroundWork } from '@qloom/service-kit/background-work.ts';
import { connect, type Remote } from '@qloom/service-kit/clients.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import { createAssessStage } from './stage.ts';

/** Where the stage finds what it needs. */
export interface OpenStageOptions {
  /** URL of the event log; absent: no stage. */
  readonly log: string | undefined;
  /** URL of the artifact store. */
  readonly artifacts: string | undefined;
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

/** Opens log and store and makes the stage worker; nothing where no log is configured. Throws when a variable is missing or wrong. */
export async function openStage(options: OpenStageOptions): Promise<OpenStage> {
  if (!options.log) return { workers: [], close: async () => undefined };
  if (!options.artifacts) throw new Error('QLOOM_ARTIFACTS: not set; it is needed where QLOOM_LOG is set');
  if (!options.generator) throw new Error('QLOOM_GENERATOR_TARGET: not set; it is needed where QLOOM_LOG is set');
  const generator = connect(GeneratorServiceService, options.generator);
  const episodeLog = await openEpisodeLog(options.log);
  const artifacts = await openArtifactStore(options.artifacts);
  let discriminator: Remote<typeof DiscriminatorServiceService> | undefined;
  const worker = createAssessStage({
    episodeLog,
    artifacts,
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
      await episodeLog.close();
      await artifacts.close();
    },
  };
}
