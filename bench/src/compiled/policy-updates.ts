import type { PolicySettings } from '@qloom/agent/domain/policy/policy.ts';
import { createPolicies } from '@qloom/agent/domain/policy/policy-table.ts';
import { studySpace } from '@qloom/agent/study/settings/study-space.ts';
import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { discriminatorCapabilities } from '@qloom/discriminator/rpc/capabilities.ts';
import { generatorCapabilities } from '@qloom/generator/rpc/capabilities.ts';
import { createRandom } from '@qloom/random/random.ts';
import { mergeSpaces } from '@qloom/study/space/merge.ts';
import { decodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { createStepRunner, type RunStep } from '@qloom/tfjs/steps/run-step.ts';
import { type Training, useTraining } from '@qloom/tfjs/steps/use-training.ts';
import { median } from '../harness/percentile.ts';

/** Milliseconds of the agent's policy updates at the space of the quickstart's services. */
export interface PolicyUpdateTimes {
  /** An update at the median, all its epochs, compiled and kernel by kernel. */
  readonly compiled: number;
  readonly eager: number;
  /** The first update of a space: its graph is traced, built and loaded. */
  readonly first: number;
  readonly parameters: number;
}

const EPISODES_A_BATCH = 8;

/** Times `count` updates each way in turn; the first fifth of them is warm-up. */
export async function timePolicyUpdates(count: number): Promise<PolicyUpdateTimes> {
  const training = await useTraining({ backend: 'wasm', mode: 'on' });
  const settings = settingsFor(training, count);
  const compiled = updates(settings, createStepRunner('a policy', training.compiled.steps));
  const eager = updates(settings, createStepRunner('a policy', undefined));
  const first = await compiled.next();
  const times = { compiled: [] as number[], eager: [] as number[] };
  for (let i = 0; i < count; i++) {
    times.compiled.push(await compiled.next());
    times.eager.push(await eager.next());
  }
  const typical = (list: readonly number[]) => median(list.slice(Math.floor(count / 5)));
  return {
    compiled: typical(times.compiled),
    eager: typical(times.eager),
    first,
    parameters: settings.space.parameters.length,
  };
}

/** A study of `count` batches in the space that generator and discriminator offer. */
function settingsFor({ backend, compiled }: Training, count: number): PolicySettings {
  const offered = [
    generatorCapabilities('bench', backend, compiled),
    discriminatorCapabilities('bench', backend, compiled),
  ].map(({ service, hyperparameters }: Capabilities) => ({
    service,
    parameters: hyperparameters.map(decodeHyperparameter),
  }));
  const space = studySpace(mergeSpaces(offered), []);
  return {
    space,
    episodes: EPISODES_A_BATCH * (count + 1),
    batchSize: EPISODES_A_BATCH,
    sobolEpisodes: 0,
    seed: 'bench',
  };
}

/** A study's updates, one after the other, with the time of each. */
function updates(settings: PolicySettings, runStep: RunStep): { next(): Promise<number> } {
  const policy = createPolicies(runStep)('ppo');
  const random = createRandom('rewards');
  let state = policy.initial(settings);
  let batch = 0;
  return {
    async next() {
      const firstEpisode = EPISODES_A_BATCH * batch;
      const proposals = policy.propose(settings, state, { batch: batch++, firstEpisode, count: EPISODES_A_BATCH });
      const results = proposals.map(({ hyperparameters }, i) => ({
        episode: firstEpisode + i,
        hyperparameters,
        reward: random.normal(),
        observation: null,
      }));
      const start = performance.now();
      state = await policy.observe(settings, state, results);
      return performance.now() - start;
    },
  };
}
