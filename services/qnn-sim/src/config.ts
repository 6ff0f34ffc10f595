import { availableParallelism } from 'node:os';
import { ENGINE_NAMES } from '@qloom/qnn/engine/select-engine.ts';
import { defineConfig } from '@qloom/service-kit/config/config.ts';
import { TARGET_CONFIG } from '@qloom/study-rpc/services.ts';

/** Environment variables of the QNN simulator, in addition to the common ones. */
export const CONFIG = defineConfig({
  QLOOM_ENGINE: {
    type: 'string',
    default: 'auto',
    allowed: ['auto', ...ENGINE_NAMES],
    description: 'Engine for requests with engine auto; auto measures all engines once at the start.',
  },
  QLOOM_ENGINE_CACHE: {
    type: 'string',
    description: 'File in which the engine chosen by auto is cached; without it every start measures again.',
  },
  QLOOM_QNN_WORKERS: {
    type: 'integer',
    default: Math.max(1, Math.min(4, availableParallelism() - 1)),
    minimum: 1,
    maximum: 64,
    description: 'Threads that train QNNs and execute circuits. The default leaves one core to the others, up to 4.',
  },
  QLOOM_GENERATOR_TARGET: TARGET_CONFIG.QLOOM_GENERATOR_TARGET,
  QLOOM_QNN_SIM_TARGET: TARGET_CONFIG.QLOOM_QNN_SIM_TARGET,
});
