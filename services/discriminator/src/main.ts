import { setImmediate as breathe } from 'node:timers/promises';
import { DiscriminatorServiceService } from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { runService } from '@qloom/service-kit/server/run-service.ts';
import { ASSESS_STAGE } from '@qloom/study-rpc/stage/assess-stage.ts';
import { openFoldStage } from '@qloom/study-rpc/stage/open-fold-stage.ts';
import { useTraining } from '@qloom/tfjs/steps/use-training.ts';
import { DISCRIMINATOR_CONFIG } from './config.ts';
import { createAttemptRegistry } from './domain/attempts.ts';
import { assessHandler } from './rpc/assess.ts';
import { discriminatorCapabilities } from './rpc/capabilities.ts';
import { critiqueHandler } from './rpc/critique.ts';
import { createAssessor } from './workers/assessor.ts';

const VERSION = '0.1.0';

await runService({
  name: 'discriminator',
  description: 'Judges synthetic points: with a critic during every fit, and with an auditor afterwards.',
  version: VERSION,
  config: DISCRIMINATOR_CONFIG,
  calls: 'long',
  async build({ config, log, connect }) {
    const { backend, compiled } = await useTraining({
      backend: config.QLOOM_TFJS_BACKEND,
      mode: config.QLOOM_TFJS_COMPILED,
      provider: config.QLOOM_TFJS_PROVIDER,
      log: (line) => log.info(line),
      breathe: () => breathe(),
    });
    const assessor = createAssessor();
    const capabilities = discriminatorCapabilities(VERSION, backend, compiled);
    const stage = await openFoldStage(ASSESS_STAGE, {
      config,
      target: config.QLOOM_DISCRIMINATOR_TARGET,
      log,
      connect,
    });
    return {
      services: [
        bindService(DiscriminatorServiceService, {
          getCapabilities: () => ({ capabilities }),
          critique: critiqueHandler({
            attempts: createAttemptRegistry(),
            maxCritics: config.QLOOM_MAX_CRITICS,
            steps: compiled.steps,
          }),
          assess: assessHandler(assessor),
        }),
      ],
      stages: stage.workers,
      async close() {
        await assessor.close();
        await stage.close();
      },
    };
  },
});
