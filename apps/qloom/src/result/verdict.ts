import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { formatSigned } from '../terminal/format.ts';
import { findArm } from './arms.ts';

/** How the headline is to be read. */
export type Tone = 'helped' | 'undecided' | 'hurt' | 'nothing-added';

/** Level of the claims, all of them together. */
const LEVEL = 0.05;

/**
 * Whether Qloom's data helped on the test set: the paired interval of the accuracy holds no 0, and the permutation test agrees
 * after Holm's correction over all arms.
 */
export function toneOf(result: StudyResult): Tone {
  if (!result.addsData) return 'nothing-added';
  const gain = findArm(result, 'qloom')?.accuracyGain;
  if (gain?.difference === undefined || gain.pValueHolm >= LEVEL) return 'undecided';
  if (gain.difference.lower > 0) return 'helped';
  return gain.difference.upper < 0 ? 'hurt' : 'undecided';
}

/** The agent's verdict; where it gives none, one from the intervals. */
export function verdictOf(result: StudyResult): string {
  if (result.verdict !== '') return result.verdict;
  const gain = findArm(result, 'qloom')?.accuracyGain?.difference;
  const measured =
    gain === undefined
      ? ''
      : ` (${formatSigned(gain.estimate * 100, 1)} points, ${formatSigned(gain.lower * 100, 1)} to ${formatSigned(gain.upper * 100, 1)})`;
  switch (toneOf(result)) {
    case 'helped':
      return `Qloom's data helped: accuracy on test data rose${measured}.`;
    case 'hurt':
      return `Qloom's data hurt: accuracy on test data fell${measured}.`;
    case 'nothing-added':
      return 'Qloom adds nothing: no setting tried was surely better than the real data alone.';
    default:
      return `Qloom's data did not surely help${measured}.`;
  }
}
