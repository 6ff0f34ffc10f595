import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { SYNTH_RATIO } from '@qloom/study/synthesis/synthesis-plan.ts';
import type { Utility } from '../reward/utility.ts';

/** Episodes that are evaluated again. */
const INCUMBENTS = 3;

/** An episode that may be chosen. */
export interface Candidate {
  readonly episode: number;
  readonly hyperparameters: Configuration;
  readonly reward: number;
}

/**
 * The best episodes by reward that added points, at most {@link INCUMBENTS}; the earlier of equal ones. "Add nothing"
 * is always a candidate and needs no evaluation: its U is 0.
 */
export function incumbentsOf(rewarded: readonly Candidate[]): Candidate[] {
  return rewarded
    .filter(({ hyperparameters }) => hyperparameters[SYNTH_RATIO] !== 0 && hyperparameters.method !== 'none')
    .sort((a, b) => b.reward - a.reward || a.episode - b.episode)
    .slice(0, INCUMBENTS);
}

/** A candidate with its utility on the outer split. */
export interface Rechecked extends Candidate {
  readonly utility: Utility;
}

/** Outcome of a study. */
export interface Selection {
  /** Candidates by the lower bound of their utility on the outer split, the best first. */
  readonly ranked: readonly Rechecked[];
  /** The best candidate; null if no episode with added points was rewarded. */
  readonly best: Rechecked | null;
  /** Whether its points are worth adding: the lower bound of U's interval is above 0. */
  readonly addsData: boolean;
}

/**
 * Chooses by the lower bound of U's interval on the outer split, which prefers the more certain of two candidates. With
 * few labels the interval is wide, and the highest estimate of several mostly has the largest error.
 */
export function select(candidates: readonly Rechecked[]): Selection {
  const lower = ({ utility }: Rechecked) => utility.interval[0];
  const ranked = [...candidates].sort((a, b) => lower(b) - lower(a) || a.episode - b.episode);
  const best = ranked[0] ?? null;
  return { ranked, best, addsData: best !== null && best.utility.interval[0] > 0 };
}
