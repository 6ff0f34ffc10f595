import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import type { Logger } from '@qloom/service-kit/logger.ts';
import type { Space } from '@qloom/study/space/space.ts';
import type { PolicySettings } from '../../domain/policy/policy.ts';
import type { StudySeeds } from '../../domain/seeds.ts';
import type { StudyJournal } from '../replay/study-journal.ts';
import type { ReplicaWatch } from '../replica-watch.ts';
import type { Clock } from '../retry/clock.ts';
import type { CompleteSettings } from '../settings/complete-settings.ts';
import type { PolicyPort } from './policy-port.ts';

/** Dependencies of the steps of a study's search. */
export interface SearchContext {
  readonly journal: StudyJournal;
  readonly settings: CompleteSettings;
  readonly seeds: StudySeeds;
  readonly space: Space;
  readonly policy: PolicyPort;
  readonly policySettings: PolicySettings;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  /** The replicas that bound the number in flight where the study does not set it. */
  readonly replicas: Pick<ReplicaWatch, 'current'>;
  readonly log: Logger;
}

/** The policy's settings for a study; `continues` says whether its fits can continue from models. */
export function policySettingsOf(
  settings: CompleteSettings,
  space: Space,
  seeds: StudySeeds,
  continues: boolean,
): PolicySettings {
  return {
    space,
    episodes: settings.episodes,
    batchSize: settings.batchSize,
    sobolEpisodes: settings.sobolEpisodes,
    seed: String(seeds.policy),
    continues,
  };
}
