import { TERMINAL_STAGE, WORKER_STAGES } from '@qloom/study/stages.ts';
import { isInHand } from '../replay/study-view.ts';
import { createDeadlines, type EpisodeDeadlines } from './episode-deadlines.ts';
import type { SearchContext } from './search-context.ts';
import { writeReward } from './write-reward.ts';

/**
 * Creates the deadlines of a study's episodes. An episode that exceeds its deadline is written as failed, with reason
 * `deadline`.
 */
export function createOverdueWatch(context: SearchContext): EpisodeDeadlines {
  const { clock, log, settings } = context;
  const limitMs = settings.episodeDeadlineSeconds * 1000;
  const expire = async (episodes: readonly number[]): Promise<void> => {
    for (const episode of episodes) await expireEpisode(context, episode);
  };
  return createDeadlines({ clock, log, limitMs, expire });
}

/** Fails an overdue episode, unless the log already has its end, which this process may not have seen yet. */
async function expireEpisode(context: SearchContext, episode: number): Promise<void> {
  const { journal, settings } = context;
  await journal.refresh(episode, [...WORKER_STAGES, TERMINAL_STAGE]);
  const slots = journal.view.episodes.get(episode);
  if (slots?.propose === undefined || !isInHand(slots)) return;
  const message = `the episode took longer than ${settings.episodeDeadlineSeconds} s`;
  await writeReward(context, episode, [slots.propose], () => ({ reason: 'deadline', message }), { isEarly: true });
}
