import { setImmediate as breathe } from 'node:timers/promises';
import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { runService } from '@qloom/service-kit/server/run-service.ts';
import { FIT_STAGE } from '@qloom/study-rpc/stage/fit-stage.ts';
import { openFoldStage } from '@qloom/study-rpc/stage/open-fold-stage.ts';
import { useTraining } from '@qloom/tfjs/steps/use-training.ts';
import { GENERATOR_CONFIG } from './config.ts';
import { generatorCapabilities, generatorMethods } from './rpc/capabilities.ts';
import { createFitHandler } from './rpc/fit.ts';
import { sample } from './rpc/sample.ts';

const VERSION = '0.1.0';

await runService({
  name: 'generator',
  description: 'Fits generative models, primarily the conditional VAE-GAN, and samples from them.',
  version: VERSION,
  config: GENERATOR_CONFIG,
  async build({ config, log, connect }) {
    const { backend, compiled } = await useTraining({
      backend: config.QLOOM_TFJS_BACKEND,
      mode: config.QLOOM_TFJS_COMPILED,
      provider: config.QLOOM_TFJS_PROVIDER,
      log: (line) => log.info(line),
      breathe: () => breathe(),
    });
    const { QLOOM_DISCRIMINATOR_TARGET: judge } = config;
    const discriminator = judge ? connect(DiscriminatorServiceService, judge) : undefined;
    const capabilities = generatorCapabilities(VERSION, backend, compiled);
    const methods = generatorMethods();
    const fit = createFitHandler({
      discriminator,
      log,
      maxFits: config.QLOOM_MAX_FITS,
      steps: compiled.steps,
    });
    const stage = await openFoldStage(FIT_STAGE, { config, target: config.QLOOM_GENERATOR_TARGET, log, connect });
    return {
      services: [
        bindService(GeneratorServiceService, { getCapabilities: () => ({ capabilities, methods }), fit, sample }),
      ],
      stages: stage.workers,
      async close() {
        discriminator?.close();
        await stage.close();
      },
    };
  },
});
