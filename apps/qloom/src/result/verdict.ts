import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { formatSigned } from '../terminal/format.ts';
import { findArm } from './arms.ts';

/** How the headline is to be read. */
export type Tone = 'helped' | 'undecided' | 'hurt' | 'nothing-added';

/** Whether Qloom's data helped on the test set, by the paired interval of the accuracy. */
export function toneOf(result: StudyResult): Tone {
  if (!result.addsData) return 'nothing-added';
  const gain = findArm(result, 'qloom')?.accuracyGain?.difference;
  if (gain === undefined) return 'undecided';
  if (gain.lower > 0) return 'helped';
  return gain.upper < 0 ? 'hurt' : 'undecided';
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
      return `Qloom's data did not measurably help: the interval of its gain holds 0${measured}.`;
  }
}
