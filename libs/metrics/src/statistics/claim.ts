/** Fewest paired draws for which a difference may be claimed; with fewer, the spread is hardly an estimate. */
export const FEWEST_DRAWS = 5;

/** Level of all claims of a study together: p-values are compared with it after Holm's correction. */
const CLAIM_LEVEL = 0.05;

/** The claim about a difference. */
export type Claim =
  /** The interval is above 0, and the corrected test agrees. */
  | 'higher'
  /** The interval is below 0, and the corrected test agrees. */
  | 'lower'
  /** The interval is above 0, which the corrected test does not confirm. */
  | 'higher-unconfirmed'
  /** The interval is below 0, which the corrected test does not confirm. */
  | 'lower-unconfirmed'
  /** The interval holds 0, or there is none. */
  | 'undecided'
  /** There are fewer than {@link FEWEST_DRAWS} draws: no claim, whatever the interval. */
  | 'too-few-draws';

/** The one rule of claims: `level` 0 means that no interval is known; `pValue` is corrected for all comparisons made. */
export function claimOf(comparison: {
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly pValue: number;
  readonly draws: number;
}): Claim {
  const { low, high, level, pValue, draws } = comparison;
  if (draws < FEWEST_DRAWS) return 'too-few-draws';
  if (level === 0 || (low <= 0 && high >= 0)) return 'undecided';
  const direction = low > 0 ? 'higher' : 'lower';
  return pValue < CLAIM_LEVEL ? direction : `${direction}-unconfirmed`;
}
