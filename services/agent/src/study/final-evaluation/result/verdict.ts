import { ArmKind, type ArmResult, type PairedComparison, Score } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { claimOf, FEWEST_DRAWS } from '@qloom/metrics/statistics/claim.ts';
import { differenceOf } from '../../../domain/choice/paired-scores.ts';
import type { Choices } from '../../../domain/evaluation/choices.ts';
import { QLOOM, QLOOM_UNSELECTED } from '../../../domain/evaluation/jobs.ts';
import { mean } from '../../../domain/maths/statistics.ts';

/** The decisions that a verdict reports. */
type Decisions = Pick<Choices, 'selection' | 'replicates'>;

/**
 * States in words whether Qloom's data helped on the test set, on how many replicates it was added and why, and how the best
 * baseline compares. Every number is a gain over real data only in the headline's score, as the tables show it.
 */
export function verdictOn(arms: readonly ArmResult[], decisions: Decisions, headline: Score): string {
  const added = decisions.replicates.filter((decision) => decision?.adds).length;
  const shown = added > 0 ? QLOOM : QLOOM_UNSELECTED;
  const qloom = arms.find((arm) => arm.name === shown);
  const gain = qloom && gainOf(qloom, headline);
  if (qloom === undefined && decisions.selection.best !== null) {
    return `Nothing can be said of Qloom's data: ${shown} diverged, and is left out of the comparison (see the warnings).`;
  }
  if (qloom === undefined || gain === undefined) {
    return 'Qloom adds nothing: no configuration with synthetic points could be fitted.';
  }
  const score = headline === Score.BALANCED_ACCURACY ? 'balanced test accuracy' : 'test accuracy';
  const over = `points of ${score} over real data alone`;
  const measured = rangedPoints(gain, over);
  if (added === 0) {
    const caution =
      qloom.draws.length < FEWEST_DRAWS ? ` Too few draws (${qloom.draws.length}) to claim anything of it.` : '';
    return `Qloom adds nothing: ${refusalText(decisions)}. Had its points been added all the same: ${measured}.${caution}`;
  }
  const always = arms.find((arm) => arm.name === QLOOM_UNSELECTED);
  const ofAlways = always && gainOf(always, headline);
  const instead = ofAlways === undefined ? '' : ` Added on all of them: ${rangedPoints(ofAlways, over)}.`;
  const where = ` Qloom added its points on ${added} of ${decisions.replicates.length} replicates${scoresText(decisions)}.`;
  return `${claimText(qloom, gain)}: ${measured}.${where}${instead}${baselineText(gain, arms, headline)}`;
}

/** Why no replicate got points. */
function refusalText(decisions: Decisions): string {
  const { replicates } = decisions;
  const isMeasured = replicates.some((decision) => decision?.scores);
  if (!isMeasured) return 'on the outer folds no candidate was surely better than the real data alone';
  const count = `${replicates.length} of ${replicates.length} replicates`;
  return `the rule of the choice speaks against them on ${count}${scoresText(decisions)}`;
}

/** The mean scores behind the decisions; empty without any. */
function scoresText({ replicates }: Decisions): string {
  const known = replicates.flatMap((decision) => (decision?.scores ? [differenceOf(decision.scores)] : []));
  if (known.length === 0) return '';
  const percent = (of: 'classifier' | 'flexible' | 'qnn') =>
    `${(100 * mean(known.map((each) => each[of]))).toFixed(1)}%`;
  const shown = `its classifier ${percent('classifier')}, a flexible one ${percent('flexible')}, the QNN ${percent('qnn')}`;
  return ` (mean cross-validated accuracy: ${shown}${dimensionsText(replicates)})`;
}

/** The mean dimensions behind the decisions; empty without any. */
function dimensionsText(replicates: Decisions['replicates']): string {
  const known = replicates.flatMap((decision) => (decision?.dimension ? [decision.dimension] : []));
  if (known.length === 0) return '';
  const [labels, prior] = (['labels', 'prior'] as const).map((of) => mean(known.map((each) => each[of])).toFixed(1));
  return `; dimension of the labels ${labels}, of its density at least ${prior}`;
}

function gainOf(arm: ArmResult, headline: Score): PairedComparison | undefined {
  return headline === Score.BALANCED_ACCURACY ? arm.balancedAccuracyGain : arm.accuracyGain;
}

function claimText({ draws }: ArmResult, { difference, pValueHolm }: PairedComparison): string {
  const { lower = 0, upper = 0, level = 0 } = difference ?? {};
  const unconfirmed = `which the test over all arms does not confirm (p = ${pValueHolm.toFixed(2)} after Holm's correction)`;
  switch (claimOf({ low: lower, high: upper, level, pValue: pValueHolm, draws: draws.length })) {
    case 'higher':
      return "Qloom's data helped";
    case 'lower':
      return "Qloom's data hurt";
    case 'higher-unconfirmed':
      return `Qloom's data seemed to help, ${unconfirmed}`;
    case 'lower-unconfirmed':
      return `Qloom's data seemed to hurt, ${unconfirmed}`;
    case 'too-few-draws':
      return `Too few draws (${draws.length}) to claim anything of Qloom's data; at least ${FEWEST_DRAWS} are needed`;
    case 'undecided':
      return level === 0
        ? "Qloom's data did not measurably help (the error of the difference is not known)"
        : "Qloom's data did not measurably help (the interval holds 0)";
  }
}

/** The baseline with the highest mean gain, and its difference from Qloom's according to the rounded gains. */
function baselineText(qloom: PairedComparison, arms: readonly ArmResult[], headline: Score): string {
  const baselines = arms.flatMap((arm) => {
    const gain = arm.kind === ArmKind.RIVAL && arm.name !== QLOOM_UNSELECTED ? gainOf(arm, headline) : undefined;
    return gain === undefined ? [] : [{ name: arm.name, gain }];
  });
  if (baselines.length === 0) return '';
  const best = baselines.reduce((a, b) => (estimateOf(b.gain) > estimateOf(a.gain) ? b : a));
  const tenths = (gain: PairedComparison) => Math.round(10 * Number((100 * estimateOf(gain)).toFixed(1)));
  const ahead = tenths(best.gain) - tenths(qloom);
  const beside =
    ahead === 0
      ? "the same mean as Qloom's data, to a tenth of a point"
      : `a mean ${(Math.abs(ahead) / 10).toFixed(1)} points ${ahead > 0 ? 'above' : 'below'} that of Qloom's data`;
  return ` The best baseline, ${best.name}: ${rangedPoints(best.gain, 'points over real data alone')}, ${beside}.`;
}

function estimateOf({ difference }: PairedComparison): number {
  return difference?.estimate ?? 0;
}

/** `+0.2 points … (95% interval −0.2 to +0.4)`. */
function rangedPoints({ difference }: PairedComparison, what: string): string {
  const { estimate = 0, lower = 0, upper = 0, level = 0 } = difference ?? {};
  const range = level === 0 ? '' : ` (${Math.round(100 * level)}% interval ${points(lower)} to ${points(upper)})`;
  return `${points(estimate)} ${what}${range}`;
}

/** A share as signed points, as the tables print it: 0.021 → "+2.1", −0.021 → "−2.1", 0.0001 → "0.0". */
function points(share: number): string {
  const rounded = Math.abs(100 * share).toFixed(1);
  if (Number(rounded) === 0) return rounded;
  return `${share < 0 ? '−' : '+'}${rounded}`;
}
