import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { addsPoints } from '../selection/learned-defaults.ts';

/** Episodes that are evaluated again. */
const INCUMBENTS = 3;

/** An episode that may be selected. */
export interface Candidate {
  readonly episode: number;
  readonly hyperparameters: Configuration;
  readonly reward: number;
}

/**
 * The best episodes by reward that added points, at most {@link INCUMBENTS}; the earlier of equal ones.
 */
export function incumbentsOf(rewarded: readonly Candidate[]): Candidate[] {
  return rewarded
    .filter(({ hyperparameters }) => addsPoints(hyperparameters))
    .sort((a, b) => b.reward - a.reward || a.episode - b.episode)
    .slice(0, INCUMBENTS);
}
