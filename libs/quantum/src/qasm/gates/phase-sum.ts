import { type Angle, type AngleTerm, collected } from '../../gates/angle.ts';

/** An incremental sum of angles. */
export interface PhaseSum {
  add(angle: Angle): void;
  total(): Angle;
}

/** Starts at 0. */
export function createPhaseSum(): PhaseSum {
  let constant = 0;
  const terms: AngleTerm[] = [];
  return {
    add(angle) {
      constant += angle.constant;
      for (const term of angle.terms) terms.push(term);
    },
    total: () => collected({ constant, terms }),
  };
}
