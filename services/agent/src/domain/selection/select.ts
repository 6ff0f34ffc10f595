import type { Recipe } from '../evaluation/recipe.ts';
import { mean } from '../maths/statistics.ts';
import type { Utility } from '../reward/utility.ts';
import { reliabilityOf, shrink } from './reliability.ts';

/** A configuration with its utility on the outer split. */
export interface Rechecked extends Recipe {
  /** Null for the default configuration. */
  readonly episode: number | null;
  readonly utility: Utility;
}

/** A candidate in the order of the selection. */
interface RankedCandidate extends Rechecked {
  /** U shrunk towards that of the default; null in a study from before there was a default candidate. */
  readonly shrunk: number | null;
}

/** The configuration that was selected. Whether its points are added is another decision (`domain/choice`). */
export interface Selection {
  /** The best first. */
  readonly ranked: readonly RankedCandidate[];
  /** The best candidate; null if there is none that could be fitted. */
  readonly best: RankedCandidate | null;
  /** Reliability of the utilities, in [0, 1]; null with fewer than two candidates. */
  readonly reliability: number | null;
}

/** Candidates in the order of their shrunk utilities. */
export interface Shrunk<T> {
  /** The best first. */
  readonly ranked: readonly (T & { readonly shrunk: number })[];
  /** Reliability of the utilities, in [0, 1]; null with fewer than two candidates. */
  readonly reliability: number | null;
}

/**
 * Orders candidates by their utilities after shrinkage towards the default's by the reliability of the utilities (see
 * {@link reliabilityOf}); the default first where they are equal, and then the order given. Where the spread of the utilities
 * is no more than their errors explain, all are equal and the default is first: the highest of several noisy estimates mostly has the
 * largest error. Without the default (it could not be fitted) they shrink towards their mean.
 */
export function rankByShrunkUtility<T extends { readonly utility: Utility }>(
  candidates: readonly T[],
  isDefault: (candidate: T) => boolean,
): Shrunk<T> {
  const reliability = reliabilityOf(candidates.map(({ utility }) => utility));
  const anchor = candidates.find(isDefault)?.utility.value ?? mean(candidates.map(({ utility }) => utility.value));
  const ranked = candidates
    .map((candidate) => ({ ...candidate, shrunk: shrink(candidate.utility.value, anchor, reliability ?? 1) }))
    .sort((a, b) => b.shrunk - a.shrunk || Number(isDefault(b)) - Number(isDefault(a)));
  return { ranked, reliability };
}

/** Selects the candidate with the highest shrunk utility: the default configuration unless they differ by more than their errors. */
export function select(candidates: readonly Rechecked[]): Selection {
  const { ranked, reliability } = rankByShrunkUtility(candidates, ({ episode }) => episode === null);
  return { ranked, best: ranked[0] ?? null, reliability };
}

/** The rule of studies without a default candidate: by the lower bound of U's interval, the earlier of equal ones. */
export function selectByLowerBound(candidates: readonly Rechecked[]): Selection {
  const lower = ({ utility }: Rechecked) => utility.interval[0];
  const ranked = candidates
    .map((candidate) => ({ ...candidate, shrunk: null }))
    .sort((a, b) => lower(b) - lower(a) || Number(a.episode) - Number(b.episode));
  return { ranked, best: ranked[0] ?? null, reliability: null };
}
