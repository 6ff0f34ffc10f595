import { runService } from '@qloom/service-kit/server/run-service.ts';
import { createDiscriminator, VERSION } from './build.ts';
import { DISCRIMINATOR_CONFIG } from './config.ts';

await runService({
  name: 'discriminator',
  description: 'Judges synthetic points: a critic beside every fit, an auditor afterwards.',
  version: VERSION,
  config: DISCRIMINATOR_CONFIG,
  calls: 'long',
  build: createDiscriminator,
});
