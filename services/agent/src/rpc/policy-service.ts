import {
  PolicyServiceService,
  type EpisodeResult as WireResult,
  type PolicySettings as WireSettings,
} from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { ValidationError } from '@qloom/service-kit/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/handlers.ts';
import type { EpisodeResult, Policy, PolicySettings } from '../domain/policy/policy.ts';
import { POLICY_NAMES, type PolicyNamed } from '../domain/policy/registry.ts';
import { createSpace } from '../domain/space/space.ts';
import { decodeParameter, decodePoint, encodePoint } from '../events/hyperparameters.ts';
import { decodeObservation } from '../events/named-values.ts';
import { decodeState, encodeState } from '../peers/policy-state.ts';

/** PolicyService over the policies of this repository. It keeps nothing: all memory is in the state handed to it. */
export function createPolicyService(policyNamed: PolicyNamed): ServiceBinding {
  return bindService(PolicyServiceService, {
    propose({ settings, state, batch, firstEpisode, count }) {
      const { policy, decoded } = open(policyNamed, settings);
      const known = decodeState(policy, decoded, state);
      const proposals = policy.propose(decoded, known, { batch, firstEpisode, count });
      return {
        proposals: proposals.map(({ hyperparameters, origin }) => ({
          hyperparameters: encodePoint(decoded.space, hyperparameters),
          origin,
        })),
      };
    },
    async observe({ settings, state, results }) {
      const { policy, decoded } = open(policyNamed, settings);
      const next = await policy.observe(decoded, decodeState(policy, decoded, state), results.map(decodeResult));
      return { state: Buffer.from(encodeState(next)), updates: next.updates };
    },
  });
}

function open(
  policyNamed: PolicyNamed,
  settings: WireSettings | undefined,
): { policy: Policy; decoded: PolicySettings } {
  if (settings === undefined) {
    throw new ValidationError([{ field: 'settings', description: 'not set; right would be the settings of a study' }]);
  }
  for (const field of ['episodes', 'batchSize'] as const) {
    if (settings[field] < 1) {
      throw new ValidationError([{ field: `settings.${field}`, description: 'is 0; right would be at least 1' }]);
    }
  }
  return {
    policy: policyNamed(settings.name || POLICY_NAMES[0]),
    decoded: {
      space: createSpace(settings.space.map(decodeParameter)),
      seed: String(settings.seed),
      episodes: settings.episodes,
      batchSize: settings.batchSize,
      sobolEpisodes: settings.sobolEpisodes,
    },
  };
}

function decodeResult(result: WireResult): EpisodeResult {
  return {
    episode: result.episode,
    hyperparameters: decodePoint(result.hyperparameters),
    reward: result.rewarded ? result.reward : null,
    observation: result.rewarded ? decodeObservation(result.observation) : null,
  };
}
