import { isInHand, proposedEpisodes } from '../replay/study-view.ts';
import { noteEpisodes, type Search, startSearch } from './episodes-so-far.ts';
import { learnBatches } from './learn-batches.ts';
import { createOverdueWatch } from './overdue-episodes.ts';
import { proposeEpisodes } from './propose-episodes.ts';
import { rewardEpisodes } from './reward-episodes.ts';
import type { SearchContext } from './search-context.ts';

/** The episodes of a study: learned from, rewarded and proposed. */
export interface EpisodeSearch {
  /** Does every step that is due now. Rejects with the fault of the step that failed; done again, it continues there. */
  advance(): Promise<void>;
  /** Stops the deadlines and closes the policy. */
  stop(): void;
}

/** A search that has folded nothing yet. */
export function createEpisodeSearch(context: SearchContext): EpisodeSearch {
  const { journal, policy, settings } = context;
  const deadlines = createOverdueWatch(context);
  let search: Search = startSearch(settings);
  return {
    async advance() {
      // Before anything is judged: a reward depends on the batches before its own, and a new runner has folded none of them.
      search = await learnBatches(context, noteEpisodes(search, journal.view));
      await rewardEpisodes(context, search);
      await proposeEpisodes(context, search);
      const open = proposedEpisodes(journal.view).filter(({ slots }) => isInHand(slots));
      deadlines.watch(open.map(({ episode }) => episode));
    },
    stop() {
      deadlines.stop();
      policy.close();
    },
  };
}
