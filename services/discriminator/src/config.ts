import { TRAINING_CONFIG } from '@qloom/service-kit/config/common-config.ts';
import { defineConfig } from '@qloom/service-kit/config/config.ts';
import { TARGET_CONFIG } from '@qloom/study-rpc/services.ts';

/** Environment variables of the discriminator, in addition to the common ones. */
export const DISCRIMINATOR_CONFIG = defineConfig({
  QLOOM_GENERATOR_TARGET: {
    ...TARGET_CONFIG.QLOOM_GENERATOR_TARGET,
    description: 'The generator that the stage worker samples from. Required if QLOOM_LOG is set.',
  },
  QLOOM_DISCRIMINATOR_TARGET: {
    ...TARGET_CONFIG.QLOOM_DISCRIMINATOR_TARGET,
    description: 'The discriminator that the stage worker calls: any implementation. Not set: this process.',
  },
  ...TRAINING_CONFIG,
  QLOOM_MAX_CRITICS: {
    type: 'integer',
    default: 64,
    minimum: 1,
    maximum: 1024,
    description: 'Maximum number of concurrent critics in this process; one more is refused as RESOURCE_EXHAUSTED.',
  },
});
