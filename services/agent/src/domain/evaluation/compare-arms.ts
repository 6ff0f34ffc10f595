import { holmAdjust } from '@qloom/metrics/statistics/holm.ts';
import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import {
  ACCURACY_RANGE,
  DIFFERENCE_RANGE,
  freshDrawsTest,
  type MeanOptions,
  type MeanTest,
} from '@qloom/metrics/statistics/mean-test.ts';
import { resampledMeanTest } from '@qloom/metrics/statistics/nadeau-bengio.ts';
import { pairedPermutationTest } from '@qloom/metrics/statistics/permutation-test.ts';
import {
  accuracyTestSetError,
  independentTestSetError,
  leastPairedTestSetError,
  pairedTestSetError,
  type TestSetError,
} from '@qloom/metrics/statistics/test-set-error.ts';
import { mean } from '../maths/statistics.ts';
import type { TestScore } from './test-score.ts';

/** How replicates relate: fresh labels and one test set, or repeated splits of one file, whose rows they share. */
export type Replicates =
  | { readonly kind: 'fresh'; readonly test: number }
  | { readonly kind: 'splits'; readonly labels: number; readonly test: number };

/** The kind of score; the last has no known resolution, such as a loss. */
export type Scale = 'accuracy' | 'balanced-accuracy' | 'unbounded';

/** An arm's scores, one per replicate, in the order of the replicates. Higher is better. */
export interface ArmScores {
  readonly name: string;
  /** Null for a replicate without a score of the arm. */
  readonly scores: readonly (number | null)[];
  /** Which test points were predicted right on each replicate; null if unknown. Required for balanced accuracy. */
  readonly tests?: readonly (TestScore | null)[];
}

/** A replicate with a score of an arm. */
interface Scored {
  readonly score: number;
  readonly test: TestScore | null;
}

/** Comparison of an arm with the reference. */
export interface Comparison {
  /** Level 0 if its error is unknown. */
  readonly difference: Interval;
  /** 1 if the error is unknown, or with fewer than five replicates. */
  readonly pValue: number;
  /** After Holm's correction over all arms that are compared. */
  readonly pValueHolm: number;
}

/** The mean of an arm's scores with its 95% interval, which allows for the replicates and, for accuracies, for the test set. */
export function meanInterval(arm: ArmScores, draws: Replicates, scale: Scale): Interval {
  const scored = scoredDraws(arm);
  const scores = scored.map(({ score }) => score);
  if (scale === 'unbounded') return plainInterval(scores, draws);
  const error = accuracyTestSetError(shares(scored, scale, draws.test));
  return intervalOf(meanTest(scores, draws, error, error.variance, { range: ACCURACY_RANGE }));
}

/**
 * Compares each arm with the reference, paired by the replicates that both have. Accuracies are counts of test points,
 * so that equal differences are not proof. Fresh draws: Student's interval with the error of the common test set, and
 * the greater p of that test and of the permutation test over replicates. Repeated splits of one file: the corrected
 * resampled t-test (Nadeau and Bengio), which allows for shared rows, its variance at least that of the test rows. At
 * least one replicate must be common to both.
 */
export function compareArms(
  reference: ArmScores,
  arms: readonly ArmScores[],
  draws: Replicates,
  scale: Scale,
  seed: string,
): Map<string, Comparison> {
  const compared = arms.map((arm) => {
    const pairs = pairsOf(arm, reference);
    const differences = pairs.map(([ours, theirs]) => ours.score - theirs.score);
    const isCount = scale !== 'unbounded';
    const test = meanTest(
      differences,
      draws,
      isCount && draws.kind === 'fresh' ? commonError(pairs, draws.test, scale) : null,
      isCount && draws.kind === 'splits' ? meanSplitVariance(pairs, draws.test, scale) : 0,
      isCount ? { range: DIFFERENCE_RANGE } : {},
    );
    const overDraws =
      draws.kind === 'fresh' ? pairedPermutationTest(differences, { seed: `${seed}/${arm.name}` }).pValue : 0;
    return { name: arm.name, difference: intervalOf(test), pValue: Math.max(test.pValue, overDraws) };
  });
  const adjusted = holmAdjust(compared.map(({ pValue }) => pValue));
  return new Map(
    compared.map(({ name, difference, pValue }, i) => [name, { difference, pValue, pValueHolm: adjusted[i] }]),
  );
}

/** The mean over replicates of values without a known resolution, such as distances, with its 95% interval. */
export function plainInterval(values: readonly number[], draws: Replicates, range?: MeanOptions['range']): Interval {
  return intervalOf(meanTest(values, draws, null, 0, { range }));
}

function meanTest(
  values: readonly number[],
  draws: Replicates,
  common: TestSetError | null,
  leastVariance: number,
  options: MeanOptions,
): MeanTest {
  if (draws.kind === 'fresh') return freshDrawsTest(values, common, options);
  const split = { trainingRows: draws.labels, testRows: draws.test };
  return resampledMeanTest(values, split, leastVariance, options);
}

function scoredDraws({ scores, tests }: ArmScores): Scored[] {
  return scores.flatMap((score, draw) => (score === null ? [] : [{ score, test: tests?.[draw] ?? null }]));
}

/** The replicates with a score of both arms. */
function pairsOf(arm: ArmScores, reference: ArmScores): [ours: Scored, theirs: Scored][] {
  return arm.scores.flatMap((ours, draw): [Scored, Scored][] => {
    const theirs = reference.scores[draw];
    if (ours === null || theirs === null || theirs === undefined) return [];
    return [
      [
        { score: ours, test: arm.tests?.[draw] ?? null },
        { score: theirs, test: reference.tests?.[draw] ?? null },
      ],
    ];
  });
}

/** Differences at each test point of a replicate, class by class; null if unknown. */
function pointDifferences([ours, theirs]: readonly [Scored, Scored]): Float64Array[] | null {
  const [a, b] = [ours.test, theirs.test];
  if (a === null || b === null || a.some((points, c) => points.length !== b[c].length)) return null;
  return a.map((points, c) => points.map((share, i) => share - b[c][i]));
}

/**
 * Error that all replicates have in common, from the points on which the arms differ; for independent errors if those
 * are unknown.
 */
function commonError(pairs: readonly [Scored, Scored][], points: number, scale: Scale): TestSetError {
  const known = pairs.map(pointDifferences);
  const [first] = known;
  if (first && known.every((draw) => draw?.every((z, c) => z.length === first[c].length))) {
    const sums = first.map((z, c) => z.map((_, i) => mean(known.map((draw) => draw?.[c][i] ?? 0))));
    return pairedTestSetError(strataOf(sums, scale));
  }
  const ofArm = (which: 0 | 1) => mean(pairs.map((pair) => pair[which].score));
  return independentTestSetError(ofArm(0), ofArm(1), points);
}

/** Mean over replicates of the variance of a difference that is due to the replicate's own test rows. */
function meanSplitVariance(pairs: readonly [Scored, Scored][], points: number, scale: Scale): number {
  return mean(
    pairs.map((pair) => {
      const known = pointDifferences(pair);
      if (known !== null) return pairedTestSetError(strataOf(known, scale)).variance;
      return leastPairedTestSetError(pair[0].score - pair[1].score, points).variance;
    }),
  );
}

/** All points together, or those of each class that has any. */
function strataOf(classes: readonly Float64Array[], scale: Scale): Float64Array[] {
  if (scale === 'balanced-accuracy') return classes.filter((points) => points.length > 0);
  return [Float64Array.from(classes.flatMap((points) => [...points]))];
}

/** Number of points and mean share of right ones, of all points or of each class. */
function shares(scored: readonly Scored[], scale: Scale, points: number): { points: number; share: number }[] {
  const known = scored.flatMap(({ test }) => (test === null ? [] : [test]));
  if (scale === 'accuracy' || known.length === 0) return [{ points, share: mean(scored.map(({ score }) => score)) }];
  return known[0].flatMap((first, c) => {
    if (first.length === 0) return [];
    return [{ points: first.length, share: mean(known.map((test) => mean(test[c]))) }];
  });
}

function intervalOf({ estimate, low, high, level }: Interval): Interval {
  return { estimate, low, high, level };
}
