import { COMMON_CONFIG } from '@qloom/service-kit/config/common-config.ts';
import { defineConfig } from '@qloom/service-kit/config/config.ts';

/** Environment variables of the experiment service, in addition to the common ones. Credentials are read by the providers. */
export const CONFIG = defineConfig({
  QLOOM_LOG: {
    ...COMMON_CONFIG.QLOOM_LOG,
    required: true,
    description: 'The event log: sqlite:<path> or nats://host:port.',
  },
  QLOOM_ARTIFACTS: {
    ...COMMON_CONFIG.QLOOM_ARTIFACTS,
    required: true,
    description: 'The artifact store: file:///folder, or nats://host:port.',
  },
  QLOOM_BACKENDS_FILE: {
    type: 'string',
    description: 'YAML file with the backends. Not set: one backend, the exact simulator.',
  },
  QLOOM_SUBMIT_TIMEOUT_MS: {
    type: 'integer',
    default: 30_000,
    minimum: 1_000,
    maximum: 600_000,
    description:
      'Time after which the submission of a job without a reply is ended. After a crash it passes before the job is asked for.',
  },
});
