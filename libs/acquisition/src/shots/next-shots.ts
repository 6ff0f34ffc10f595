import { AcquisitionError } from '../acquisition-error.ts';
import { measuredExpectation, type Outcomes } from './measured-expectation.ts';

/** By how much the shots of a point grow while its sign is not decided. */
const GROWTH = 4;
/** Standard errors of ⟨Z⟩ = 0, 1/√shots, within which a sign is not decided. */
const UNDECIDED = 2;

/** Limits of the shots of one point. */
export interface ShotLimits {
  /** Shots of the first measurement. */
  readonly first: number;
  /** Most shots of all measurements together. */
  readonly most: number;
}

/**
 * Shots to measure next at a point whose label is the sign of ⟨Z⟩: `first` at the start, then as many more as make four
 * times the shots so far, while |⟨Z⟩| < 2/√shots and the limit allows any; 0 once the sign is decided or the limit is
 * reached. Where ⟨Z⟩ is 0 a sign is called decided by chance in about 5% of looks. Throws AcquisitionError.
 */
export function nextShots(outcomes: Outcomes | null, { first, most }: ShotLimits): number {
  if (!(Number.isInteger(first) && Number.isInteger(most) && first >= 1 && most >= first)) {
    throw new AcquisitionError(
      'limits',
      `limits: first ${first}, most ${most}; whole numbers, first at least 1 and most at least first, are right`,
    );
  }
  if (outcomes === null) return first;
  const { shots, mean } = measuredExpectation(outcomes);
  if (Math.abs(mean) >= UNDECIDED / Math.sqrt(shots)) return 0;
  return Math.max(0, Math.min(GROWTH * shots, most) - shots);
}
