import { setImmediate as breathe } from 'node:timers/promises';
import { openStorage } from '@qloom/service-kit/config/open-storage.ts';
import { runService } from '@qloom/service-kit/server/run-service.ts';
import { createStepRunner } from '@qloom/tfjs/steps/run-step.ts';
import { useTraining } from '@qloom/tfjs/steps/use-training.ts';
import { AGENT_CONFIG } from './config.ts';
import { createPolicies } from './domain/policy/policy-table.ts';
import { AGENT_VERSION, createAgentService } from './rpc/agent-service.ts';
import { createCampaignService } from './rpc/campaign-service.ts';
import { createPolicyService } from './rpc/policy-service.ts';
import { createCampaigns } from './study/campaign/campaigns.ts';
import { connectPeers } from './study/peers.ts';
import { systemClock } from './study/retry/clock.ts';
import { localPolicy, remotePolicy } from './study/search/policy-port.ts';
import { createStudies } from './study/studies.ts';
import { createClassicalThreads } from './workers/classical-threads.ts';

await runService({
  name: 'agent',
  description: 'runs studies: chooses hyperparameters, rewards episodes, compares the results.',
  version: AGENT_VERSION,
  config: AGENT_CONFIG,
  calls: 'long',
  async build({ config, log, connect }) {
    const training = await useTraining({
      backend: config.QLOOM_TFJS_BACKEND,
      mode: config.QLOOM_TFJS_COMPILED,
      provider: config.QLOOM_TFJS_PROVIDER,
      log: (line) => log.info(line),
      breathe: () => breathe(),
    });
    const policyNamed = createPolicies(createStepRunner('a policy', training.compiled.steps));
    const storage = await openStorage(config, log);
    const { episodeLog, artifacts } = storage;
    const classical = createClassicalThreads();
    const peers = connectPeers(connect, {
      generator: config.QLOOM_GENERATOR_TARGET,
      discriminator: config.QLOOM_DISCRIMINATOR_TARGET,
      qnnSim: config.QLOOM_QNN_SIM_TARGET,
    });
    const policyTarget = config.QLOOM_POLICY_TARGET;
    const studies = createStudies(
      {
        episodeLog,
        artifacts,
        peers,
        classical,
        openPolicy: (name) =>
          policyTarget ? remotePolicy(connect, policyTarget, name) : localPolicy(policyNamed, name),
        clock: systemClock,
        log,
        jobConcurrency: config.QLOOM_UNIT_CONCURRENCY,
        studyConcurrency: config.QLOOM_AGENT_STUDIES,
        leaseMs: config.QLOOM_AGENT_LEASE_MS,
      },
      { isPolicyRemote: policyTarget !== undefined },
    );
    return {
      services: [
        createAgentService(studies, peers, artifacts, training),
        createCampaignService(createCampaigns({ episodeLog, artifacts, peers, clock: systemClock })),
        createPolicyService(policyNamed),
      ],
      stages: [studies],
      tokenFile: config.QLOOM_TOKEN_FILE,
      async close() {
        peers.close();
        await classical.close();
        await storage.close();
      },
    };
  },
});
