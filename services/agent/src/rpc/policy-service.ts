import {
  PolicyServiceService,
  type EpisodeResult as WireResult,
  type PolicySettings as WireSettings,
} from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { bindService, type ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { createSpace, type Space } from '@qloom/study/space/space.ts';
import { SpaceConflictError } from '@qloom/study/space/space-conflict-error.ts';
import {
  decodeConfiguration,
  decodeHyperparameter,
  encodeConfiguration,
} from '@qloom/study-rpc/codec/hyperparameters.ts';
import { echoed } from '@qloom/tensor/quoted.ts';
import type { EpisodeResult, Policy, PolicySettings } from '../domain/policy/policy.ts';
import { needsContinuing, POLICY_NAMES, type PolicyNamed } from '../domain/policy/policy-table.ts';
import { decodeObservation } from '../study/replay/observation.ts';
import { decodeState, encodeState } from '../study/search/policy-state.ts';
import { MAX_BATCH, MAX_EPISODES } from '../study/settings/complete-settings.ts';

/** Maximum number of hyperparameters of a space, and of their choices in total. */
const MAX_PARAMETERS = 256;
const MAX_CHOICES = 1024;

/** PolicyService over the policies of this repository. It is stateless: each request has the policy's state. */
export function createPolicyService(policyNamed: PolicyNamed): ServiceBinding {
  return bindService(PolicyServiceService, {
    propose({ settings, state, batch, firstEpisode, count }) {
      requireWithin('count', count, 0, MAX_BATCH);
      const { policy, decoded } = open(policyNamed, settings);
      const known = decodeState(policy, decoded, state);
      const proposals = policy.propose(decoded, known, { batch, firstEpisode, count });
      return {
        proposals: proposals.map(({ hyperparameters, origin, continueFrom }) => ({
          hyperparameters: encodeConfiguration(decoded.space, hyperparameters),
          origin,
          continueFrom,
        })),
      };
    },
    async observe({ settings, state, results }) {
      requireWithin('the number of results', results.length, 0, MAX_BATCH);
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
  requireWithin('settings.episodes', settings.episodes, 1, MAX_EPISODES);
  requireWithin('settings.batch_size', settings.batchSize, 1, MAX_BATCH);
  if (needsContinuing(settings.name) && !settings.continues) {
    const description = `is not set, and policy ${settings.name} needs fits that continue from models; right would be another policy`;
    throw new ValidationError([{ field: 'settings.continues', description }]);
  }
  return {
    policy: policyNamed(settings.name || POLICY_NAMES[0]),
    decoded: {
      space: spaceOf(settings),
      seed: String(settings.seed),
      episodes: settings.episodes,
      batchSize: settings.batchSize,
      sobolEpisodes: settings.sobolEpisodes,
      continues: settings.continues,
    },
  };
}

/**
 * Decodes the space of the settings. Throws ValidationError, also if it is so large that a policy over it could block
 * the process.
 */
function spaceOf({ space }: WireSettings): Space {
  requireWithin('the number of settings.space', space.length, 0, MAX_PARAMETERS);
  const choices = space.reduce((sum, parameter) => sum + parameter.choices.length, 0);
  requireWithin('the number of choices in settings.space', choices, 0, MAX_CHOICES);
  try {
    return createSpace(space.map(decodeHyperparameter));
  } catch (error) {
    if (!(error instanceof SpaceConflictError)) throw error;
    throw new ValidationError([{ field: `settings.space.${echoed(error.parameter)}`, description: error.reason }]);
  }
}

function requireWithin(field: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new ValidationError([{ field, description: `is ${value}; right would be ${least} to ${most}` }]);
}

function decodeResult(result: WireResult, index: number): EpisodeResult {
  return {
    episode: result.episode,
    hyperparameters: decodeConfiguration(result.hyperparameters, `results[${index}].hyperparameters`),
    reward: result.rewarded ? result.reward : null,
    observation: result.rewarded ? decodeObservation(result.observation) : null,
  };
}
