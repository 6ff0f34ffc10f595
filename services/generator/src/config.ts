import { TARGET_CONFIG } from '@qloom/service-kit/common-config.ts';
import { defineConfig } from '@qloom/service-kit/config.ts';
import { BACKEND_NAMES } from '@qloom/tfjs/backend.ts';
import { COMPILED_MODES, COMPILED_PROVIDERS } from '@qloom/tfjs/training-steps.ts';

/** Environment variables of the generator besides the common ones. */
export const GENERATOR_CONFIG = defineConfig({
  QLOOM_DISCRIMINATOR_TARGET: TARGET_CONFIG.QLOOM_DISCRIMINATOR_TARGET,
  QLOOM_GENERATOR_TARGET: {
    ...TARGET_CONFIG.QLOOM_GENERATOR_TARGET,
    description: 'The generator that the stage worker calls: any implementation. Not set: this very process.',
  },
  QLOOM_UTILITY_CRITIC_TARGET: {
    ...TARGET_CONFIG.QLOOM_QNN_SIM_TARGET,
    description: 'A critic of utility (the Critique stream), which gan.lambdaQnn needs. Not set: gan.lambdaQnn is 0.',
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
  QLOOM_MAX_FITS: {
    type: 'integer',
    default: 32,
    minimum: 1,
    maximum: 1024,
    description: 'Fits at once in this process; one more is refused as RESOURCE_EXHAUSTED.',
  },
});
