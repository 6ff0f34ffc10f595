import { createRandom } from '@qloom/random/random.ts';
import { classifyFault } from '@qloom/service-kit/faults/faults.ts';
import { failureOf, type SlotContent } from '@qloom/service-kit/stage/slot-events.ts';
import { WORKER_STAGES } from '@qloom/study/stages.ts';
import { judge } from '../../domain/reward/judge.ts';
import type { RewardFormName } from '../../domain/reward/reward-table.ts';
import { isVersionFolded, versionOf } from '../../domain/search/search-state.ts';
import { encodeReward, measurementOf } from '../replay/measurement.ts';
import { decodeMultipliers } from '../replay/observation.ts';
import { type EpisodeSlots, factsOf, isMeasured, openEpisodes } from '../replay/study-view.ts';
import type { Search } from './episodes-so-far.ts';
import type { SearchContext } from './search-context.ts';
import { writeReward } from './write-reward.ts';

/**
 * Stage `reward`, for every episode that has failed or is measured: as failed with the reason of the slot that failed,
 * or as judged. An episode waits until its batches are folded, because its reward depends on their statistics.
 */
export async function rewardEpisodes(context: SearchContext, search: Search): Promise<void> {
  for (const { episode, slots } of openEpisodes(context.journal.view)) {
    const failed = WORKER_STAGES.map((stage) => slots[stage]).find((slot) => slot && failureOf(slot.event));
    if (failed !== undefined) {
      const { reason, message } = failureOf(failed.event) ?? { reason: 'invalid' as const, message: '' };
      await writeReward(context, episode, [failed], () => ({ reason, message }));
    } else if (isMeasured(slots) && isVersionFolded(search, episode)) {
      const { assess, evaluate } = slots;
      if (assess === undefined || evaluate === undefined) throw new Error(`episode ${episode}: a slot is missing`);
      await writeReward(context, episode, [assess, evaluate], () => rewardOf(context, search, episode, slots));
    }
  }
}

/**
 * The reward of a measured episode, or a failure if its measurement is unusable. Throws `VersionNotFoldedError`, and
 * every other error that is a bug of this program rather than a property of the episode.
 */
function rewardOf(
  { settings, seeds }: SearchContext,
  search: Search,
  episode: number,
  slots: EpisodeSlots,
): SlotContent['result'] {
  try {
    const measurement = measurementOf(slots);
    if (measurement === undefined) throw new Error(`episode ${episode}: a slot is missing`);
    const { statistics } = versionOf(search, episode);
    const multipliers = decodeMultipliers(factsOf(slots.propose, 'propose')?.multipliers ?? []);
    const { form, weights } = settings.reward;
    const random = createRandom(seeds.episode(episode)).fork('utility');
    const rewarding = { form: form as RewardFormName, weights };
    const judgement = judge(measurement, rewarding, { multipliers, statistics }, random);
    return { facts: { $case: 'reward', value: encodeReward(judgement, form) } };
  } catch (error) {
    const fault = classifyFault(error);
    if (fault.kind !== 'failed') throw error;
    return { reason: fault.reason, message: error instanceof Error ? error.message : String(error) };
  }
}
