import { isInHand, openEpisodes } from '../replay/study-view.ts';
import { noteEpisodes, type Search, startSearch } from './episodes-so-far.ts';
import { learnBatches } from './learn-batches.ts';
import { createOverdueWatch } from './overdue-episodes.ts';
import { proposeEpisodes } from './propose-episodes.ts';
import { rewardEpisodes } from './reward-episodes.ts';
import type { SearchContext } from './search-context.ts';

/** The search of a study: updates the policy, rewards and proposes episodes. */
export interface EpisodeSearch {
  /** Does every step that is due. Rejects with the error of the step that failed; the next call continues there. */
  advance(): Promise<void>;
  /** Stops the deadlines and closes the policy. */
  stop(): void;
}

/** Creates a search that has not folded any batch. */
export function createEpisodeSearch(context: SearchContext): EpisodeSearch {
  const { journal, policy, settings } = context;
  const deadlines = createOverdueWatch(context);
  let search: Search = startSearch(settings);
  return {
    async advance() {
      // Done before any reward, because a reward depends on the batches before its own, and a new runner has folded
      // none of them.
      search = await learnBatches(context, noteEpisodes(search, journal.view));
      await rewardEpisodes(context, search);
      await proposeEpisodes(context, search);
      const open = openEpisodes(journal.view).filter(({ slots }) => isInHand(slots));
      deadlines.watch(open.map(({ episode }) => episode));
    },
    stop() {
      deadlines.stop();
      policy.close();
    },
  };
}
