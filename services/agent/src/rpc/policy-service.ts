import {
  PolicyServiceService,
  type EpisodeResult as WireResult,
  type PolicySettings as WireSettings,
} from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { ValidationError } from '@qloom/service-kit/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/handlers.ts';
import type { EpisodeResult, Policy, PolicySettings, PolicyState } from '../domain/policy/policy.ts';
import { policyNamed } from '../domain/policy/registry.ts';
import { createSpace } from '../domain/space/space.ts';
import { decodeParameter, decodePoint, encodePoint } from '../events/hyperparameters.ts';
import { decodeObservation } from '../events/named-values.ts';

/** PolicyService over the policies of this repository. It keeps nothing: all memory is in the state handed to it. */
export function createPolicyService(): ServiceBinding {
  return bindService(PolicyServiceService, {
    propose({ settings, state, batch, firstEpisode, count }) {
      const { policy, decoded } = open(settings);
      const proposals = policy.propose(decoded, readState(policy, decoded, state), { batch, firstEpisode, count });
      return {
        proposals: proposals.map(({ hyperparameters, origin }) => ({
          hyperparameters: encodePoint(decoded.space, hyperparameters),
          origin,
        })),
      };
    },
    observe({ settings, state, results }) {
      const { policy, decoded } = open(settings);
      const next = policy.observe(decoded, readState(policy, decoded, state), results.map(decodeResult));
      return { state: Buffer.from(JSON.stringify(next)), updates: next.updates };
    },
  });
}

function open(settings: WireSettings | undefined): { policy: Policy; decoded: PolicySettings } {
  if (settings === undefined) {
    throw new ValidationError([{ field: 'settings', description: 'not set; right would be the settings of a study' }]);
  }
  for (const field of ['episodes', 'batchSize'] as const) {
    if (settings[field] < 1) {
      throw new ValidationError([{ field: `settings.${field}`, description: 'is 0; right would be at least 1' }]);
    }
  }
  return {
    policy: policyNamed(settings.name || 'ppo-surrogate'),
    decoded: {
      space: createSpace(settings.space.map(decodeParameter)),
      seed: String(settings.seed),
      episodes: settings.episodes,
      batchSize: settings.batchSize,
      sobolEpisodes: settings.sobolEpisodes,
    },
  };
}

function readState(policy: Policy, settings: PolicySettings, bytes: Uint8Array): PolicyState {
  if (bytes.byteLength === 0) return policy.initial(settings);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as PolicyState;
  } catch {
    const description = `${bytes.byteLength} bytes that are no state; right would be what Observe answered, or none`;
    throw new ValidationError([{ field: 'state', description }]);
  }
}

function decodeResult(result: WireResult): EpisodeResult {
  return {
    episode: result.episode,
    hyperparameters: decodePoint(result.hyperparameters),
    reward: result.rewarded ? result.reward : null,
    observation: result.rewarded ? decodeObservation(result.observation) : null,
  };
}
