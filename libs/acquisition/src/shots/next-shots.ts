import { AcquisitionError } from '../acquisition-error.ts';
import { type ShotMoments, smoothedSquare } from './measured-mean.ts';

/** By how much the shots of a point grow while its sign is not decided. */
const GROWTH = 4;
/** Standard errors of a mean of 0 within which a sign is not decided. */
const UNDECIDED = 2;

/** Limits of the shots of one point. */
export interface ShotLimits {
  /** Shots of the first measurement. */
  readonly first: number;
  /** Most shots of all measurements together. */
  readonly most: number;
}

/**
 * Whether the sign of a mean is decided: |mean| ≥ 2·√(s/shots), with the mean square s, as `smoothedSquare` has it, in place of the variance, which
 * it would be if the mean were 0. For ⟨Z⟩ it is |⟨Z⟩| ≥ 2/√shots. A mean of 0 is called decided by chance in about 5% of looks.
 */
export const isDecided = (moments: ShotMoments): boolean =>
  Math.abs(moments.mean) >= UNDECIDED * Math.sqrt(smoothedSquare(moments) / moments.shots);

/**
 * Shots to measure next at a point whose label is the sign of a mean: `first` at the start, then as many more as make four
 * times the shots so far, while the sign is not decided and the limit allows any; 0 once it is decided or the limit is
 * reached. Throws AcquisitionError.
 */
export function nextShots(measured: ShotMoments | null, { first, most }: ShotLimits): number {
  if (!(Number.isInteger(first) && Number.isInteger(most) && first >= 1 && most >= first)) {
    throw new AcquisitionError(
      'limits',
      `limits: first ${first}, most ${most}; whole numbers, first at least 1 and most at least first, are right`,
    );
  }
  if (measured === null) return first;
  if (isDecided(measured)) return 0;
  return Math.max(0, Math.min(GROWTH * measured.shots, most) - measured.shots);
}
