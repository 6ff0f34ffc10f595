import { targetProblem } from '@qloom/service-kit/client/target-problem.ts';
import { COMMON_CONFIG, TRAINING_CONFIG } from '@qloom/service-kit/config/common-config.ts';
import { defineConfig } from '@qloom/service-kit/config/config.ts';
import { TOKEN_FILE } from '@qloom/service-kit/tls/tokens.ts';
import { TARGET_CONFIG } from '@qloom/study-rpc/services.ts';

/** The agent's environment variables, in addition to those of every service. */
export const AGENT_CONFIG = defineConfig({
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
  QLOOM_GENERATOR_TARGET: { ...TARGET_CONFIG.QLOOM_GENERATOR_TARGET, required: true },
  QLOOM_DISCRIMINATOR_TARGET: { ...TARGET_CONFIG.QLOOM_DISCRIMINATOR_TARGET, required: true },
  QLOOM_QNN_SIM_TARGET: { ...TARGET_CONFIG.QLOOM_QNN_SIM_TARGET, required: true },
  QLOOM_EXPERIMENT_TARGET: TARGET_CONFIG.QLOOM_EXPERIMENT_TARGET,
  QLOOM_POLICY_TARGET: {
    type: 'string',
    description: "Address of a PolicyService that chooses hyperparameters. Not set: the agent's own policies.",
    check: targetProblem,
  },
  QLOOM_TOKEN_FILE: TOKEN_FILE,
  ...TRAINING_CONFIG,
  QLOOM_AGENT_STUDIES: {
    type: 'integer',
    default: 2,
    minimum: 1,
    maximum: 64,
    description:
      'Maximum number of studies that this agent runs at once; others of the log wait, or run on other agents.',
  },
  QLOOM_AGENT_LEASE_MS: {
    type: 'integer',
    default: 15_000,
    minimum: 500,
    maximum: 600_000,
    description:
      'Time after which another agent takes the studies of an agent that does not respond. The same for all agents of a log.',
  },
  QLOOM_UNIT_CONCURRENCY: {
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    description:
      "Maximum number of concurrent jobs of a study's final evaluation. Not set: as many as the generators and simulators of the log can work on.",
  },
});
