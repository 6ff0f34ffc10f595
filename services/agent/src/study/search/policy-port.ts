import {
  PolicyServiceService,
  type PolicySettings as WireSettings,
} from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import type { Connect } from '@qloom/service-kit/client/clients.ts';
import { answeredFailure } from '@qloom/service-kit/faults/faults.ts';
import { validateConfiguration } from '@qloom/study/space/validate.ts';
import {
  decodeConfiguration,
  encodeConfiguration,
  encodeHyperparameter,
} from '@qloom/study-rpc/codec/hyperparameters.ts';
import type { EpisodeResult, PolicySettings, Proposal, ProposalRequest } from '../../domain/policy/policy.ts';
import type { PolicyNamed } from '../../domain/policy/policy-table.ts';
import { encodeObservation } from '../replay/observation.ts';
import { decodeState, encodeState } from './policy-state.ts';

/** A policy's checkpoint between batches; `state` is opaque to the study. */
export interface PolicyCheckpoint {
  readonly state: Uint8Array;
  /** Number of updates so far. */
  readonly updates: number;
}

/** Thrown when a policy service refuses a request as invalid. */
export class PolicyRefusedError extends Error {
  override readonly name = 'PolicyRefusedError';
}

/** The checkpoint before the first batch. */
export const INITIAL_CHECKPOINT: PolicyCheckpoint = { state: new Uint8Array(0), updates: 0 };

/** A policy, in this process or behind a service. */
export interface PolicyPort {
  propose(settings: PolicySettings, memory: PolicyCheckpoint, request: ProposalRequest): Promise<Proposal[]>;
  observe(
    settings: PolicySettings,
    memory: PolicyCheckpoint,
    batch: number,
    results: readonly EpisodeResult[],
  ): Promise<PolicyCheckpoint>;
  close(): void;
}

/** Opens the policy of that name for a study. */
export type OpenPolicy = (name: string) => PolicyPort;

/** Opens a policy in this process. Throws `UnknownPolicyError`. */
export function localPolicy(policyNamed: PolicyNamed, name: string): PolicyPort {
  const policy = policyNamed(name);
  return {
    async propose(settings, memory, request) {
      return policy.propose(settings, decodeState(policy, settings, memory.state), request);
    },
    async observe(settings, memory, _batch, results) {
      const next = await policy.observe(settings, decodeState(policy, settings, memory.state), results);
      return { state: encodeState(next), updates: next.updates };
    },
    close() {},
  };
}

/**
 * Opens a policy behind the PolicyService at `target`. Its proposals are checked against the study's space. Rejects
 * with {@link PolicyRefusedError} for INVALID_ARGUMENT, else with the call's status.
 */
export function remotePolicy(connect: Connect, target: string, name: string): PolicyPort {
  const remote = connect(PolicyServiceService, target, { idempotent: ['propose', 'observe'] });
  return {
    async propose(settings, memory, request) {
      const { proposals } = await refusalsNamed(
        target,
        remote.propose({
          settings: encodeSettings(settings, name),
          state: Buffer.from(memory.state),
          batch: request.batch,
          firstEpisode: request.firstEpisode,
          count: request.count,
        }),
      );
      return proposals.map(({ hyperparameters, origin, continueFrom }, i) => {
        const configuration = decodeConfiguration(hyperparameters, `proposals[${i}].hyperparameters`);
        validateConfiguration(settings.space, configuration);
        return { hyperparameters: configuration, origin, continueFrom };
      });
    },
    async observe(settings, memory, batch, results) {
      const { state, updates } = await refusalsNamed(
        target,
        remote.observe({
          settings: encodeSettings(settings, name),
          state: Buffer.from(memory.state),
          batch,
          results: results.map((result) => ({
            episode: result.episode,
            hyperparameters: encodeConfiguration(settings.space, result.hyperparameters),
            rewarded: result.reward !== null,
            reward: result.reward ?? 0,
            observation: result.observation === null ? [] : encodeObservation(result.observation),
          })),
        }),
      );
      return { state, updates };
    },
    close: () => remote.close(),
  };
}

async function refusalsNamed<T>(target: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (answeredFailure(error) !== 'invalid') throw error;
    throw new PolicyRefusedError(`the policy service at ${target} refuses: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function encodeSettings(settings: PolicySettings, name: string): WireSettings {
  return {
    name,
    space: settings.space.parameters.map(encodeHyperparameter),
    seed: Number(settings.seed),
    episodes: settings.episodes,
    batchSize: settings.batchSize,
    sobolEpisodes: settings.sobolEpisodes,
    continues: settings.continues ?? false,
  };
}
