import { ArmKind, type ArmResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { QLOOM, QLOOM_UNSELECTED } from '../domain/evaluation/units.ts';
import type { Selection } from '../domain/study/incumbents.ts';

/** In plain words: whether Qloom's data helped on the test set, and how it stands against the best rival. */
export function verdictOn(arms: readonly ArmResult[], selection: Selection): string {
  const shown = selection.addsData ? QLOOM : QLOOM_UNSELECTED;
  const qloom = arms.find((arm) => arm.name === shown);
  const gain = qloom?.accuracyGain?.difference;
  if (qloom === undefined || gain === undefined) {
    return 'Qloom adds nothing: no episode with synthetic points was rewarded.';
  }
  const measured = `${points(gain.estimate)} points of test accuracy (95% interval ${points(gain.lower)} to ${points(gain.upper)})`;
  if (!selection.addsData) {
    return (
      'Qloom adds nothing: on the outer folds no candidate was surely better than the real data alone. ' +
      `Had its best candidate been added all the same: ${measured}.`
    );
  }
  const p = qloom.accuracyGain?.pValueHolm ?? 1;
  return `${headline(gain.lower, gain.upper, p)}: ${measured}.${againstRivals(qloom, arms)}`;
}

/** Level of the claims, all of them together. */
const LEVEL = 0.05;

/** A claim needs both: an interval without 0, and a permutation test that holds after Holm's correction over all arms. */
function headline(lower: number, upper: number, p: number): string {
  if (lower <= 0 && upper >= 0) return "Qloom's data did not measurably help (the interval holds 0)";
  const [sure, unsure] = lower > 0 ? ['helped', 'seemed to help'] : ['hurt', 'seemed to hurt'];
  if (p < LEVEL) return `Qloom's data ${sure}`;
  return `Qloom's data ${unsure}, which the test over all arms does not confirm (p = ${p.toFixed(2)} after Holm's correction)`;
}

function againstRivals(qloom: ArmResult, arms: readonly ArmResult[]): string {
  const rivals = arms.filter((arm) => arm.kind === ArmKind.RIVAL);
  if (rivals.length === 0) return '';
  const best = rivals.reduce((a, b) => ((b.accuracy?.estimate ?? 0) > (a.accuracy?.estimate ?? 0) ? b : a));
  const ahead = (qloom.accuracy?.estimate ?? 0) - (best.accuracy?.estimate ?? 0);
  if (ahead > 0) return ` Its mean is ${points(ahead)} points from that of the best rival, ${best.name}.`;
  return ` The rival ${best.name} did as well or better (${points(-ahead)} points).`;
}

/** A share as signed points: 0.021 → "+2.1". */
function points(share: number): string {
  const rounded = (100 * share).toFixed(1);
  return share >= 0 && !rounded.startsWith('-') ? `+${rounded}` : rounded;
}
