import type { Failure } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { failureOf } from '@qloom/service-kit/stage/slot-events.ts';
import { proposedEpisodes, type StudyView } from '../replay/study-view.ts';

/** The failure of a study whose episodes have all failed, with the most common reason; null if one was rewarded. */
export function searchWithoutReward(view: StudyView): Failure | null {
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
