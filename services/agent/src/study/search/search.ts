import type { FailureReason } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { createRandom } from '@qloom/random/random.ts';
import { failureOf } from '@qloom/service-kit/stage/slot-events.ts';
import type { Space } from '@qloom/study/space/space.ts';
import { decodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import type { PolicySettings } from '../../domain/policy/policy.ts';
import { type Judgement, judge, observe, paperTerms, readingsOf } from '../../domain/reward/judge.ts';
import type { Measurement } from '../../domain/reward/measurement.ts';
import type { RewardFormName } from '../../domain/reward/reward-table.ts';
import {
  type Ending,
  foldBatch,
  initialSearch,
  nextBatch,
  noteEnded,
  noteProposed,
  policyOf,
  type SearchState,
  versionOf,
} from '../../domain/search/search-state.ts';
import type { StudySeeds } from '../../domain/seeds.ts';
import { decodeMeasurement } from '../replay/measurement.ts';
import { decodeMultipliers } from '../replay/observation.ts';
import { type EpisodeSlots, factsOf, proposedEpisodes, type StudyView } from '../replay/study-view.ts';
import type { CompleteSettings } from '../settings/complete-settings.ts';
import { NO_MEMORY, type PolicyMemory, type PolicyPort } from './policy-port.ts';

/** A study's search with the policy's memory in it. */
export type Search = SearchState<PolicyMemory>;

/** What a policy knows of a study. */
export function policySettings(settings: CompleteSettings, space: Space, seeds: StudySeeds): PolicySettings {
  return {
    space,
    episodes: settings.episodes,
    batchSize: settings.batchSize,
    sobolEpisodes: settings.sobolEpisodes,
    seed: String(seeds.policy),
  };
}

/** A search before its first event. */
export function startSearch({ episodes, batchSize, staleness, inFlight }: CompleteSettings): Search {
  return initialSearch({ episodes, batchSize, staleness, inFlight }, NO_MEMORY);
}

/** The search with everything that the view knows of episodes. Batches are not folded here. */
export function noteEpisodes(search: Search, view: StudyView): Search {
  let next = search;
  for (const [episode, slots] of view.episodes) {
    const known = next.episodes.get(episode);
    if (known?.ending) continue;
    const propose = factsOf(slots.propose, 'propose');
    if (propose === undefined) continue;
    if (known === undefined)
      next = noteProposed(next, episode, decodeConfiguration(propose.hyperparameters, 'propose.hyperparameters'));
    if (slots.reward !== undefined) next = noteEnded(next, episode, endingOf(slots));
  }
  return next;
}

/** A batch that is complete, and how the policy learns from it. */
export interface CompleteBatch {
  /** Batches complete with it. */
  readonly batches: number;
  readonly lastEpisode: number;
  learn(): Promise<PolicyMemory>;
}

/** Folds every batch that is complete. `remember` says what the policy knows after it; null where nobody will ask. */
export async function foldBatches(
  search: Search,
  policy: PolicyPort,
  forPolicy: PolicySettings,
  remember: (batch: CompleteBatch) => Promise<PolicyMemory | null>,
): Promise<Search> {
  let next = search;
  for (let results = nextBatch(next); results !== null; results = nextBatch(next)) {
    const batch = results;
    const before = next.versions[next.versions.length - 1];
    const { batches } = before;
    const memory = await remember({
      batches: batches + 1,
      lastEpisode: batch[batch.length - 1].episode,
      learn: () => policy.observe(forPolicy, policyOf(before), batches, batch),
    });
    next = foldBatch(next, memory);
  }
  return next;
}

/** How a study ends whose episodes have all failed; null where one was rewarded. The commonest reason is the study's. */
export function searchWithoutReward(view: StudyView): { reason: FailureReason; message: string } | null {
  const failures = proposedEpisodes(view).flatMap(({ episode, slots: { reward } }) => {
    const failure = reward?.event.failure;
    if (reward === undefined || failure === undefined) return [];
    return [{ episode, ...failure, name: failureOf(reward.event)?.reason }];
  });
  if (failures.length === 0 || failures.length < view.episodes.size) return null;
  const byReason = [...Map.groupBy(failures, ({ name }) => name)].sort(([, a], [, b]) => b.length - a.length);
  const [{ reason, episode, message }] = byReason[0][1];
  const shares = byReason.map(([name, of]) => `${of.length} ${name}`).join(', ');
  return { reason, message: `all ${failures.length} episodes failed (${shares}); episode ${episode}: ${message}` };
}

/** What the services found out about an episode; undefined while a slot is missing or failed. */
export function measurementOf(slots: EpisodeSlots): Measurement | undefined {
  const fit = factsOf(slots.fit, 'fit');
  const assess = factsOf(slots.assess, 'assess');
  const evaluate = factsOf(slots.evaluate, 'evaluate');
  return fit && assess && evaluate && decodeMeasurement(fit, assess, evaluate);
}

/**
 * Judges an episode whose slots all stand, by the version that its proposal rested on. Throws `VersionNotFoldedError`
 * where that one is not folded yet, and what a measurement without a reward is refused with.
 */
export function judgeEpisode(
  search: Search,
  settings: CompleteSettings,
  seeds: StudySeeds,
  episode: number,
  slots: EpisodeSlots,
  measurement: Measurement,
): Judgement {
  const { statistics } = versionOf(search, episode);
  const multipliers = decodeMultipliers(factsOf(slots.propose, 'propose')?.multipliers ?? []);
  const { form, weights } = settings.reward;
  const random = createRandom(seeds.episode(episode)).fork('utility');
  return judge(measurement, { form: form as RewardFormName, weights }, { multipliers, statistics }, random);
}

/** How an episode ended, from its slots. */
function endingOf(slots: EpisodeSlots): Ending {
  const facts = factsOf(slots.reward, 'reward');
  // Slots of an episode that failed may hold what cannot be read: that is why it failed.
  const measurement = facts && measurementOf(slots);
  if (facts === undefined || measurement === undefined) {
    const failure = slots.reward === undefined ? undefined : failureOf(slots.reward.event);
    return { kind: 'failed', reason: failure?.reason ?? 'invalid' };
  }
  const multipliers = decodeMultipliers(factsOf(slots.propose, 'propose')?.multipliers ?? []);
  return {
    kind: 'rewarded',
    reward: facts.reward,
    utility: facts.utility,
    observation: observe(measurement, multipliers),
    readings: readingsOf(measurement),
    terms: paperTerms(measurement),
  };
}
