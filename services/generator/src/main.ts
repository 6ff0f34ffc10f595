import { runService } from '@qloom/service-kit/run-service.ts';
import { createGenerator, VERSION } from './build.ts';
import { GENERATOR_CONFIG } from './config.ts';

await runService({
  name: 'generator',
  description: 'Fits generative models, the conditional VAE-GAN first among them, and samples from them.',
  version: VERSION,
  config: GENERATOR_CONFIG,
  build: createGenerator,
});
