import { failureOf } from '@qloom/service-kit/stage/slot-events.ts';
import { decodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { observe, paperTerms, readingsOf } from '../../domain/reward/judge.ts';
import {
  type Ending,
  initialSearch,
  noteEnded,
  noteProposed,
  type SearchState,
} from '../../domain/search/search-state.ts';
import { measurementOf } from '../replay/measurement.ts';
import { decodeMultipliers } from '../replay/observation.ts';
import { type EpisodeSlots, factsOf, type StudyView } from '../replay/study-view.ts';
import type { CompleteSettings } from '../settings/complete-settings.ts';
import { INITIAL_CHECKPOINT, type PolicyCheckpoint } from './policy-port.ts';

/** A study's search, including the policy's checkpoints. */
export type Search = SearchState<PolicyCheckpoint>;

/** A search before its first event. */
export function startSearch({ episodes, batchSize, staleness }: CompleteSettings): Search {
  return initialSearch({ episodes, batchSize, staleness }, INITIAL_CHECKPOINT);
}

/**
 * The search with all episodes of the view. Batches are not folded here. Only episodes that the search does not know and those that have
 * not ended there are looked at, so that the time of a call does not grow with the study.
 */
export function noteEpisodes(search: Search, view: StudyView): Search {
  let next = search;
  const due = new Set([...search.open, ...view.open]);
  for (let episode = search.unknownFrom; view.episodes.has(episode); episode++) due.add(episode);
  for (const episode of due) {
    const slots = view.episodes.get(episode) ?? {};
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

/** Outcome of an episode, from its slots. */
function endingOf(slots: EpisodeSlots): Ending {
  const facts = factsOf(slots.reward, 'reward');
  // Slots of a failed episode may not be decodable, which may be why it failed.
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
