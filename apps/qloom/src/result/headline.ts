import {
  type ArmResult,
  type DrawScore,
  type Interval,
  type PairedComparison,
  Score,
  type StudyResult,
} from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { type Claim, claimOf, FEWEST_DRAWS } from '@qloom/metrics/statistics/claim.ts';

/** The score by which a study compares arms, read from its arms. */
export interface Headline {
  readonly name: 'accuracy' | 'balanced accuracy';
  of(arm: ArmResult): Interval | undefined;
  /** Against real data alone. */
  gainOf(arm: ArmResult): PairedComparison | undefined;
  ofDraw(draw: DrawScore): number | undefined;
}

const ACCURACY: Headline = {
  name: 'accuracy',
  of: (arm) => arm.accuracy,
  gainOf: (arm) => arm.accuracyGain,
  ofDraw: (draw) => draw.accuracy,
};

const BALANCED_ACCURACY: Headline = {
  name: 'balanced accuracy',
  of: (arm) => arm.balancedAccuracy,
  gainOf: (arm) => arm.balancedAccuracyGain,
  ofDraw: (draw) => draw.balancedAccuracy,
};

/** Accuracy, or balanced accuracy where the classes of the test set are unequal. */
export function headlineOf(result: Pick<StudyResult, 'headline'>): Headline {
  return result.headline === Score.BALANCED_ACCURACY ? BALANCED_ACCURACY : ACCURACY;
}

/** The claim about an arm against real data alone; undefined where it is not compared. */
export function claimOfArm(arm: ArmResult, headline: Headline): Claim | undefined {
  const gain = headline.gainOf(arm);
  if (gain?.difference === undefined) return undefined;
  const { lower, upper, level } = gain.difference;
  return claimOf({ low: lower, high: upper, level, pValue: gain.pValueHolm, draws: arm.draws.length });
}

/** `93.8 [92.3, 95.0]`; the estimate alone where its error is not known, a dash where there is none. */
export function intervalText(interval: Interval | undefined, format: (value: number) => string): string {
  if (interval === undefined) return '–';
  if (interval.level === 0) return format(interval.estimate);
  return `${format(interval.estimate)} [${format(interval.lower)}, ${format(interval.upper)}]`;
}

/** The p-value of an arm after correction; a dash with too few draws to claim anything, nothing for real data alone. */
export function pText(arm: ArmResult, headline: Headline): string {
  const gain = headline.gainOf(arm);
  if (gain === undefined) return '';
  if (arm.draws.length < FEWEST_DRAWS) return '–';
  return gain.pValueHolm < 0.001 ? '<0.001' : gain.pValueHolm.toFixed(3);
}

/** Answering with the largest class of the test set alone: which it is, and what it would score, in [0, 1]. */
export interface MajorityBaseline {
  readonly className: string;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
}

/** The largest class alone; undefined in results without the number of test points of each class. */
export function majorityBaseline({ testClassCounts, data }: StudyResult): MajorityBaseline | undefined {
  const present = testClassCounts.filter((count) => count > 0).length;
  if (present === 0) return undefined;
  const most = Math.max(...testClassCounts);
  const label = testClassCounts.indexOf(most);
  return {
    className: data?.classNames[label] ?? `class ${label}`,
    accuracy: most / testClassCounts.reduce((sum, count) => sum + count, 0),
    balancedAccuracy: 1 / present,
  };
}

/** Description of the test set and the score of the largest class alone, in a sentence or two. */
export function testSetText(result: StudyResult): string {
  const baseline = majorityBaseline(result);
  if (baseline === undefined) return '';
  const { className, accuracy, balancedAccuracy } = baseline;
  const names = result.testClassCounts.map(
    (count, label) => `${count} of "${result.data?.classNames[label] ?? label}"`,
  );
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  const judged =
    headlineOf(result) === BALANCED_ACCURACY
      ? ' The classes are unequal, so that gains, p-values and the verdict are of balanced accuracy, the mean recall of the classes.'
      : '';
  return (
    `Test points of each class: ${names.join(', ')}. Answering "${className}" always would score ${percent(accuracy)} ` +
    `accuracy and ${percent(balancedAccuracy)} balanced accuracy.${judged}`
  );
}

/**
 * What the oracle adds, and what a closed gap is: a sentence with a space after it, or nothing in results without an oracle
 * of a fixed ratio.
 */
export function oracleText({ oracleRatio }: Pick<StudyResult, 'oracleRatio'>): string {
  if (oracleRatio === 0) return '';
  return (
    `The oracle adds ${oracleRatio} true samples for each label; the gap closed is the share of its gain over real data ` +
    'only that an arm reaches. '
  );
}

/** A share in whole percent: 0.683 → `68`, −0.12 → `−12`. */
export function wholePercent(share: number): string {
  return (100 * share)
    .toFixed(0)
    .replace(/^-(?=[1-9])/, '−')
    .replace(/^-/, '');
}

/** `class recall, %` of an arm: `98.1, 95.2, 88.0`, in the order of the classes. */
export function recallText(arm: ArmResult): string {
  if (arm.classRecalls.length === 0) return '–';
  return arm.classRecalls.map(({ recall }) => (100 * recall).toFixed(1)).join(', ');
}
