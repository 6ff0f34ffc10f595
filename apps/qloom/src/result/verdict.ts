import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { findArm } from './arms.ts';
import { addsAnywhere } from './choices.ts';
import { claimOfArm, headlineOf } from './headline.ts';

/** The reading of the headline. */
export type Tone = 'helped' | 'undecided' | 'hurt' | 'nothing-added';

/** Whether Qloom's data helped on the test set, by the one rule of claims (`claimOf`). */
export function toneOf(result: StudyResult): Tone {
  if (!addsAnywhere(result)) return 'nothing-added';
  const qloom = findArm(result, 'qloom');
  const claim = qloom && claimOfArm(qloom, headlineOf(result));
  if (claim === 'higher') return 'helped';
  return claim === 'lower' ? 'hurt' : 'undecided';
}

/** The agent's verdict; where it gives none, one derived from the figures. */
export function verdictOf(result: StudyResult): string {
  if (result.verdict !== '') return result.verdict;
  switch (toneOf(result)) {
    case 'helped':
      return "Qloom's data helped on test data.";
    case 'hurt':
      return "Qloom's data hurt on test data.";
    case 'nothing-added':
      return 'Qloom adds nothing: no configuration tried was surely better than the real data alone.';
    default:
      return "Qloom's data did not surely help on test data.";
  }
}
