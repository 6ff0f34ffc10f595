import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { EpisodeResult, Observation } from '../policy/policy.ts';
import {
  type ConstraintReadings,
  INITIAL_MULTIPLIERS,
  type Multipliers,
  updateMultipliers,
} from '../reward/constraints.ts';
import { NEUTRAL_STATISTICS, type PaperTerms, type TermStatistics, termStatistics } from '../reward/paper-terms.ts';
import { EpisodeMap } from './episode-map.ts';

/** Settings of a study's search. */
export interface SearchPlan {
  readonly episodes: number;
  readonly batchSize: number;
  /** Batch b is proposed from the batches before b − staleness. */
  readonly staleness: number;
}

/** Outcome of an episode. */
export type Ending =
  | {
      readonly kind: 'rewarded';
      readonly reward: number;
      readonly utility: number;
      readonly observation: Observation;
      /** Null where nothing was added. */
      readonly readings: ConstraintReadings | null;
      readonly terms: PaperTerms;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** State of an episode. */
interface EpisodeEntry {
  readonly hyperparameters: Configuration;
  readonly ending: Ending | null;
}

/** The state after the batches folded so far. `policy` is opaque here. */
export interface SearchVersion<State> {
  /** Batches folded. */
  readonly batches: number;
  readonly policy: State;
  readonly multipliers: Multipliers;
  readonly statistics: TermStatistics;
}

/** The search of a study: the states of its episodes, and the versions that follow from complete batches, in order. */
export interface SearchState<State> {
  readonly plan: SearchPlan;
  readonly episodes: EpisodeMap<EpisodeEntry>;
  /** Episodes that have not ended, in no order. */
  readonly open: ReadonlySet<number>;
  /** The first episode that was not proposed. */
  readonly unknownFrom: number;
  /** Versions after 0, 1, 2, … batches; those that are no longer needed have no policy state. */
  readonly versions: readonly SearchVersion<State | null>[];
}

/** A search before its first event. */
export function initialSearch<State>(plan: SearchPlan, policy: State): SearchState<State> {
  return {
    plan,
    episodes: EpisodeMap.empty(),
    open: new Set(),
    unknownFrom: 0,
    versions: [{ batches: 0, policy, multipliers: INITIAL_MULTIPLIERS, statistics: NEUTRAL_STATISTICS }],
  };
}

/** Records a proposal. Later ones of the same episode are ignored, because slots are written once. */
export function noteProposed<State>(
  state: SearchState<State>,
  episode: number,
  hyperparameters: Configuration,
): SearchState<State> {
  if (state.episodes.has(episode)) return state;
  const episodes = state.episodes.with(episode, { hyperparameters, ending: null });
  let { unknownFrom } = state;
  while (episodes.has(unknownFrom)) unknownFrom++;
  return { ...state, episodes, open: new Set(state.open).add(episode), unknownFrom };
}

/** Records the end of an episode, in any order. Unknown and ended episodes are ignored. */
export function noteEnded<State>(state: SearchState<State>, episode: number, ending: Ending): SearchState<State> {
  const entry = state.episodes.get(episode);
  if (entry === undefined || entry.ending !== null) return state;
  const open = new Set(state.open);
  open.delete(episode);
  return { ...state, episodes: state.episodes.with(episode, { ...entry, ending }), open };
}

/** Batch of an episode. */
export function batchOf(plan: SearchPlan, episode: number): number {
  return Math.floor(episode / plan.batchSize);
}

/** Number of batches whose results an episode's proposal and reward depend on. */
export function versionFor(plan: SearchPlan, episode: number): number {
  return Math.max(0, batchOf(plan, episode) - plan.staleness);
}

/**
 * Thrown when an episode is judged or proposed before the batches that it depends on were folded: a bug of this
 * program.
 */
export class VersionNotFoldedError extends Error {
  override readonly name = 'VersionNotFoldedError';

  constructor(episode: number, wanted: number, folded: number) {
    super(`episode ${episode} depends on ${wanted} batches, and ${folded} are folded: fold those before it first`);
  }
}

/** Whether the batches that an episode's proposal and reward depend on are folded. */
export function isVersionFolded<State>({ plan, versions }: SearchState<State>, episode: number): boolean {
  return versionFor(plan, episode) < versions.length;
}

/** The version that an episode's proposal and reward depend on. Throws {@link VersionNotFoldedError}. */
export function versionOf<State>(search: SearchState<State>, episode: number): SearchVersion<State | null> {
  const { plan, versions } = search;
  if (!isVersionFolded(search, episode)) {
    throw new VersionNotFoldedError(episode, versionFor(plan, episode), versions.length - 1);
  }
  return versions[versionFor(plan, episode)];
}

/** The policy's state of a version. Throws if it was dropped because it should not have been needed any more. */
export function policyOf<State>({ batches, policy }: SearchVersion<State | null>): State {
  if (policy === null) throw new PolicyForgottenError(batches);
  return policy;
}

/** Thrown when a policy's state is requested that was dropped: a bug of this program, or a log with a gap. */
export class PolicyForgottenError extends Error {
  override readonly name = 'PolicyForgottenError';

  constructor(batches: number) {
    super(`the policy's state after ${batches} batches was dropped; no proposal should depend on it any more`);
  }
}

/** The results of the next batch in episode order if all its episodes have ended, else null. */
export function nextBatch<State>(state: SearchState<State>): EpisodeResult[] | null {
  const { plan } = state;
  const first = (state.versions.length - 1) * plan.batchSize;
  const count = Math.min(plan.batchSize, plan.episodes - first);
  if (count <= 0) return null;
  const results: EpisodeResult[] = [];
  for (let episode = first; episode < first + count; episode++) {
    const entry = state.episodes.get(episode);
    if (entry === undefined || entry.ending === null) return null;
    const { hyperparameters, ending } = entry;
    const isRewarded = ending.kind === 'rewarded';
    results.push({
      episode,
      hyperparameters,
      reward: isRewarded ? ending.reward : null,
      observation: isRewarded ? ending.observation : null,
    });
  }
  return results;
}

/**
 * The state after the next batch, given the policy's new state (null if it will not be needed). Multipliers are updated
 * here, outside the policy.
 */
export function foldBatch<State>(state: SearchState<State>, policy: State | null): SearchState<State> {
  const { plan, versions } = state;
  const last = versions[versions.length - 1];
  const first = last.batches * plan.batchSize;
  const rewarded = [...state.episodes]
    .filter(([episode]) => episode < first + plan.batchSize)
    .flatMap(([episode, { ending }]) => (ending?.kind === 'rewarded' ? [{ episode, ending }] : []));
  const readings = rewarded.flatMap(({ episode, ending }) =>
    episode >= first && ending.readings !== null ? [ending.readings] : [],
  );
  const next: SearchVersion<State | null> = {
    batches: last.batches + 1,
    policy,
    multipliers: updateMultipliers(last.multipliers, readings),
    statistics: termStatistics(rewarded.map(({ ending }) => ending.terms)),
  };
  const kept = versions.map((version, i) =>
    i < versions.length - plan.staleness ? { ...version, policy: null } : version,
  );
  return { ...state, versions: [...kept, next] };
}

/**
 * Episodes that may be proposed now, in order: their version is known, and fewer than `inFlight` episodes are proposed and
 * have not ended.
 */
export function proposable<State>(state: SearchState<State>, inFlight: number): number[] {
  const { plan, episodes } = state;
  let room = inFlight - state.open.size;
  const wanted: number[] = [];
  for (let episode = state.unknownFrom; episode < plan.episodes && room > 0; episode++) {
    if (episodes.has(episode)) continue;
    if (!isVersionFolded(state, episode)) break;
    wanted.push(episode);
    room--;
  }
  return wanted;
}
