import { type Angle, type AngleTerm, collected } from '../../gates/angle.ts';

/** A sum of angles that grows term by term. */
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
