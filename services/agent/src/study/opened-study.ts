import type { StudyCreated } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { createSpace, type Space } from '@qloom/study/space/space.ts';
import { decodeHyperparameter } from '@qloom/study-rpc/codec/hyperparameters.ts';
import { createSeeds, type StudySeeds } from '../domain/seeds.ts';
import type { StudyJournal } from './replay/study-journal.ts';
import { createEpisodeSearch, type EpisodeSearch } from './search/episode-search.ts';
import type { OpenPolicy } from './search/policy-port.ts';
import { policySettingsOf, type SearchContext } from './search/search-context.ts';
import type { CompleteSettings } from './settings/complete-settings.ts';

/** Objects derived from the record that created a study, once per process. */
export interface OpenedStudy {
  readonly settings: CompleteSettings;
  readonly seeds: StudySeeds;
  readonly space: Space;
  readonly search: EpisodeSearch;
}

/** Opens a study's policy and search. Throws the errors of `openPolicy`. */
export function openStudy(
  { settings, space: parameters, continues }: StudyCreated & { readonly settings: CompleteSettings },
  deps: Pick<SearchContext, 'artifacts' | 'clock' | 'log' | 'replicas'> & {
    readonly journal: StudyJournal;
    readonly openPolicy: OpenPolicy;
  },
): OpenedStudy {
  const { journal, artifacts, clock, log, replicas } = deps;
  const seeds = createSeeds(settings.seed);
  const space = createSpace(parameters.map(decodeHyperparameter));
  const policy = deps.openPolicy(settings.policy);
  const policySettings = policySettingsOf(settings, space, seeds, continues);
  const context = { journal, settings, seeds, space, policy, policySettings, artifacts, clock, log, replicas };
  return { settings, seeds, space, search: createEpisodeSearch(context) };
}
