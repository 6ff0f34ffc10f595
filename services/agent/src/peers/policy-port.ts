import {
  PolicyServiceService,
  type PolicySettings as WireSettings,
} from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { connect } from '@qloom/service-kit/clients.ts';
import type { EpisodeResult, PolicySettings, PolicyState, Proposal, ProposalRequest } from '../domain/policy/policy.ts';
import { policyNamed } from '../domain/policy/registry.ts';
import { validatePoint } from '../domain/space/validate.ts';
import { decodePoint, encodeParameter, encodePoint } from '../events/hyperparameters.ts';
import { encodeObservation } from '../events/named-values.ts';

/** What a study keeps of its policy between batches; `state` is the policy's own business. */
export interface PolicyMemory {
  readonly state: unknown;
  /** Updates so far. */
  readonly updates: number;
}

/** A policy, here or elsewhere. */
export interface PolicyPort {
  /** Memory before the first batch. */
  initial(settings: PolicySettings): PolicyMemory;
  propose(settings: PolicySettings, memory: PolicyMemory, request: ProposalRequest): Promise<Proposal[]>;
  observe(
    settings: PolicySettings,
    memory: PolicyMemory,
    batch: number,
    results: readonly EpisodeResult[],
  ): Promise<PolicyMemory>;
  close(): void;
}

/** Opens the policy of that name for a study. */
export type OpenPolicy = (name: string) => PolicyPort;

/** A policy of our own, in this process. Throws `UnknownPolicyError`. */
export function localPolicy(name: string): PolicyPort {
  const policy = policyNamed(name);
  const remember = (state: PolicyState): PolicyMemory => ({ state, updates: state.updates });
  return {
    initial: (settings) => remember(policy.initial(settings)),
    propose: async (settings, memory, request) => policy.propose(settings, memory.state as PolicyState, request),
    observe: async (settings, memory, _batch, results) =>
      remember(policy.observe(settings, memory.state as PolicyState, results)),
    close() {},
  };
}

/** A policy behind PolicyService at `target`. What it proposes is checked against the study's space. */
export function remotePolicy(target: string, name: string): PolicyPort {
  const remote = connect(PolicyServiceService, target, { idempotent: ['propose', 'observe'] });
  return {
    initial: () => ({ state: Buffer.alloc(0), updates: 0 }),
    async propose(settings, memory, request) {
      const { proposals } = await remote.propose({
        settings: encodeSettings(settings, name),
        state: memory.state as Buffer,
        batch: request.batch,
        firstEpisode: request.firstEpisode,
        count: request.count,
      });
      return proposals.map(({ hyperparameters, origin }) => {
        const point = decodePoint(hyperparameters);
        validatePoint(settings.space, point);
        return { hyperparameters: point, origin };
      });
    },
    async observe(settings, memory, batch, results) {
      const { state, updates } = await remote.observe({
        settings: encodeSettings(settings, name),
        state: memory.state as Buffer,
        batch,
        results: results.map((result) => ({
          episode: result.episode,
          hyperparameters: encodePoint(settings.space, result.hyperparameters),
          rewarded: result.reward !== null,
          reward: result.reward ?? 0,
          observation: result.observation === null ? [] : encodeObservation(result.observation),
        })),
      });
      return { state, updates };
    },
    close: () => remote.close(),
  };
}

function encodeSettings(settings: PolicySettings, name: string): WireSettings {
  return {
    name,
    space: settings.space.parameters.map(encodeParameter),
    seed: Number(settings.seed),
    episodes: settings.episodes,
    batchSize: settings.batchSize,
    sobolEpisodes: settings.sobolEpisodes,
  };
}
