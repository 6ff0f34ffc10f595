import { TARGET_CONFIG } from '@qloom/service-kit/common-config.ts';
import { defineConfig } from '@qloom/service-kit/config.ts';
import { BACKEND_NAMES } from '@qloom/tfjs/backend.ts';
import { COMPILED_MODES, COMPILED_PROVIDERS } from '@qloom/tfjs/training-steps.ts';

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
  QLOOM_TFJS_BACKEND: {
    type: 'string',
    allowed: BACKEND_NAMES,
    description: 'The TensorFlow.js backend to use. Not set: the best one present.',
  },
  QLOOM_TFJS_COMPILED: {
    type: 'string',
    allowed: COMPILED_MODES,
    default: 'auto',
    description:
      'Whether training steps are compiled (onnxruntime-node): auto does where that is faster and possible, on fails where it is not.',
  },
  QLOOM_TFJS_PROVIDER: {
    type: 'string',
    allowed: COMPILED_PROVIDERS,
    default: 'cpu',
    description:
      'Where compiled steps run: cpu (one thread, the same bits on every replica), cuda, webgpu, or auto: the fastest of each graph.',
  },
  QLOOM_MAX_CRITICS: {
    type: 'integer',
    default: 64,
    minimum: 1,
    maximum: 1024,
    description: 'Critics at once in this process; one more is refused as RESOURCE_EXHAUSTED.',
  },
});
