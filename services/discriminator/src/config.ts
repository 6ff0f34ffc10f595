import { TRAINING_CONFIG } from '@qloom/service-kit/config/common-config.ts';
import { defineConfig } from '@qloom/service-kit/config/config.ts';
import { TARGET_CONFIG } from '@qloom/study-rpc/services.ts';

/** Environment variables of the discriminator besides the common ones. */
export const DISCRIMINATOR_CONFIG = defineConfig({
  QLOOM_GENERATOR_TARGET: {
    ...TARGET_CONFIG.QLOOM_GENERATOR_TARGET,
    description: 'The generator that the stage worker samples from. Needed where QLOOM_LOG is set.',
  },
  QLOOM_DISCRIMINATOR_TARGET: {
    ...TARGET_CONFIG.QLOOM_DISCRIMINATOR_TARGET,
    description: 'The discriminator that the stage worker calls: any implementation. Not set: this very process.',
  },
  ...TRAINING_CONFIG,
  QLOOM_MAX_CRITICS: {
    type: 'integer',
    default: 64,
    minimum: 1,
    maximum: 1024,
    description: 'Critics at once in this process; one more is refused as RESOURCE_EXHAUSTED.',
  },
});
