import { TRAINING_CONFIG } from '@qloom/service-kit/config/common-config.ts';
import { defineConfig } from '@qloom/service-kit/config/config.ts';
import { TARGET_CONFIG } from '@qloom/study-rpc/services.ts';

/** Environment variables of the generator, in addition to the common ones. */
export const GENERATOR_CONFIG = defineConfig({
  QLOOM_DISCRIMINATOR_TARGET: TARGET_CONFIG.QLOOM_DISCRIMINATOR_TARGET,
  QLOOM_GENERATOR_TARGET: {
    ...TARGET_CONFIG.QLOOM_GENERATOR_TARGET,
    description: 'The generator that the stage worker calls: any implementation. Not set: this process.',
  },
  ...TRAINING_CONFIG,
  QLOOM_MAX_FITS: {
    type: 'integer',
    default: 32,
    minimum: 1,
    maximum: 1024,
    description: 'Maximum number of concurrent fits in this process; one more is refused as RESOURCE_EXHAUSTED.',
  },
});
