import { createRandom } from '@qloom/random/random.ts';
import { failureOf } from '@qloom/service-kit/slot-events.ts';
import type { PolicySettings } from '../domain/policy/policy.ts';
import type { Space } from '../domain/space/space.ts';
import { type Judgement, judge, observe, paperTerms, type RewardForm, readingsOf } from '../domain/study/judge.ts';
import type { Measurement } from '../domain/study/measurement.ts';
import type { StudySeeds } from '../domain/study/seeds.ts';
import {
  type Ending,
  foldBatch,
  initialSearch,
  nextBatch,
  noteEnded,
  noteProposed,
  type SearchState,
  versionFor,
} from '../domain/study/study-fold.ts';
import { decodePoint } from '../events/hyperparameters.ts';
import { decodeMeasurement } from '../events/measurement.ts';
import { decodeMultipliers } from '../events/named-values.ts';
import { NO_MEMORY, type PolicyMemory, type PolicyPort } from '../peers/policy-port.ts';
import type { CompleteSettings } from './settings.ts';
import { type EpisodeSlots, factsOf, type StudyView } from './study-view.ts';

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
    if (known === undefined) next = noteProposed(next, episode, decodePoint(propose.hyperparameters));
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
    const { policy: before, batches } = next.versions[next.versions.length - 1];
    const memory = await remember({
      batches: batches + 1,
      lastEpisode: batch[batch.length - 1].episode,
      learn: () => policy.observe(forPolicy, before as PolicyMemory, batches, batch),
    });
    next = foldBatch(next, memory);
  }
  return next;
}

/** What the services found out about an episode; undefined while a slot is missing or failed. */
export function measurementOf(slots: EpisodeSlots): Measurement | undefined {
  const fit = factsOf(slots.fit, 'fit');
  const assess = factsOf(slots.assess, 'assess');
  const evaluate = factsOf(slots.evaluate, 'evaluate');
  return fit && assess && evaluate && decodeMeasurement(fit, assess, evaluate);
}

/** Judges an episode whose slots all stand, by the versions that its proposal recorded. */
export function judgeEpisode(
  search: Search,
  settings: CompleteSettings,
  seeds: StudySeeds,
  episode: number,
  slots: EpisodeSlots,
  measurement: Measurement,
): Judgement {
  const { statistics } = search.versions[versionFor(search.plan, episode)];
  const multipliers = decodeMultipliers(factsOf(slots.propose, 'propose')?.multipliers ?? []);
  const { form, weights } = settings.reward;
  const random = createRandom(seeds.episode(episode)).fork('utility');
  return judge(measurement, { form: form as RewardForm, weights }, { multipliers, statistics }, random);
}

/** How an episode ended, from its slots. */
function endingOf(slots: EpisodeSlots): Ending {
  const facts = factsOf(slots.reward, 'reward');
  const measurement = measurementOf(slots);
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
