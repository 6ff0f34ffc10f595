import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import { connect } from '@qloom/service-kit/clients.ts';
import { bindService } from '@qloom/service-kit/handlers.ts';
import type { BuiltService, ServiceDeps } from '@qloom/service-kit/run-service.ts';
import { useBackend } from '@qloom/tfjs/backend.ts';
import type { GENERATOR_CONFIG } from './config.ts';
import { generatorCapabilities } from './rpc/capabilities.ts';
import { createFitHandler } from './rpc/fit.ts';
import { sample } from './rpc/sample.ts';
import { createFitStage } from './stage.ts';

/** Version of this implementation, as GetCapabilities tells it. */
export const VERSION = '0.1.0';

/** Wires the generator: backend, critics, handlers, and the stage worker where a log is configured. */
export async function createGenerator({ config, log }: ServiceDeps<typeof GENERATOR_CONFIG>): Promise<BuiltService> {
  const backend = await useBackend({ force: config.QLOOM_TFJS_BACKEND, log: (line) => log.info(line) });
  const { QLOOM_DISCRIMINATOR_TARGET: judge, QLOOM_UTILITY_CRITIC_TARGET: utility } = config;
  const discriminator = judge ? connect(DiscriminatorServiceService, judge) : undefined;
  const utilityCritic = utility ? connect(QnnSimulatorServiceService, utility) : undefined;
  const capabilities = generatorCapabilities(VERSION, backend, { utilityCritic: utilityCritic !== undefined });
  const fit = createFitHandler({ discriminator, utilityCritic, log, maxFits: config.QLOOM_MAX_FITS });
  const stage = config.QLOOM_LOG ? await openStage(config.QLOOM_LOG, config, log) : undefined;
  return {
    services: [bindService(GeneratorServiceService, { getCapabilities: async () => ({ capabilities }), fit, sample })],
    stages: stage ? [stage.worker] : [],
    async close() {
      discriminator?.close();
      utilityCritic?.close();
      await stage?.close();
    },
  };
}

async function openStage(
  logUrl: string,
  config: ServiceDeps<typeof GENERATOR_CONFIG>['config'],
  log: ServiceDeps<typeof GENERATOR_CONFIG>['log'],
) {
  if (!config.QLOOM_ARTIFACTS) throw new Error('QLOOM_ARTIFACTS: not set; needed where QLOOM_LOG is set');
  const episodeLog = await openEpisodeLog(logUrl);
  const artifacts = await openArtifactStore(config.QLOOM_ARTIFACTS);
  let generator: ReturnType<typeof connect<typeof GeneratorServiceService>> | undefined;
  const worker = createFitStage({
    episodeLog,
    artifacts,
    log,
    concurrency: config.QLOOM_STAGE_CONCURRENCY,
    generator: (self) => (generator ??= connect(GeneratorServiceService, config.QLOOM_GENERATOR_TARGET ?? self)),
  });
  return {
    worker,
    async close() {
      generator?.close();
      await episodeLog.close();
      await artifacts.close();
    },
  };
}
