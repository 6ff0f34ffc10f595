import type { ArmResult, StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { FEWEST_DRAWS } from '@qloom/metrics/statistics/claim.ts';
import { type Interval, meanOf } from '@qloom/metrics/statistics/interval.ts';
import { DIFFERENCE_RANGE, freshDrawsTest } from '@qloom/metrics/statistics/mean-test.ts';
import { correctedResampledTest } from '@qloom/metrics/statistics/nadeau-bengio.ts';
import { type NonInferiority, testNonInferiority } from '@qloom/metrics/statistics/non-inferiority.ts';
import { pairedPermutationTest } from '@qloom/metrics/statistics/permutation-test.ts';
import {
  independentTestSetError,
  pairedTestSetError,
  type TestSetError,
} from '@qloom/metrics/statistics/test-set-error.ts';
import { decodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { headlineOf } from '../../result/headline.ts';

/** Two arms of a study, paired by draw. */
export interface PairedArms {
  /** The first arm's score less the second's, draw by draw. */
  readonly differences: readonly number[];
  /** Error of the test set that the draws share; null where each draw has its own. */
  readonly common: TestSetError | null;
}

/**
 * Whether the study's draws have one test set: fresh draws of a task, or samples of a file with test points of another, and not
 * splits of one file.
 */
export function drawsAreFresh({ settings }: StudyResult): boolean {
  return settings?.data?.source?.$case === 'task' || settings?.data?.testDataset !== undefined;
}

/** The score of a draw of an arm by the study's headline, for the draws that have one. */
export function scoresByDraw(result: StudyResult, arm: ArmResult): Map<number, number> {
  const headline = headlineOf(result);
  return new Map(
    arm.draws.flatMap((draw) => {
      const score = headline.ofDraw(draw);
      return score === undefined ? [] : [[draw.draw, score] as const];
    }),
  );
}

/** Pairs two arms by the draws that both have. */
export function pairArms(result: StudyResult, first: ArmResult, second: ArmResult): PairedArms {
  const theirs = scoresByDraw(result, second);
  const pairs = [...scoresByDraw(result, first)].flatMap(([draw, ours]) => {
    const other = theirs.get(draw);
    return other === undefined ? [] : [[ours, other] as const];
  });
  const differences = pairs.map(([ours, other]) => ours - other);
  if (!drawsAreFresh(result) || pairs.length === 0) return { differences, common: null };
  const points = pointDifferences(result, first, second);
  if (points !== null) return { differences, common: pairedTestSetError(points) };
  const common = independentTestSetError(
    meanOf(pairs.map(([ours]) => ours)),
    meanOf(pairs.map(([, other]) => other)),
    result.testCount,
  );
  return { differences, common };
}

/**
 * Differences at each test point, mean over draws, in the strata of the headline's score: all points, or those of each class.
 * Null where they are not known.
 */
export function pointDifferences(result: StudyResult, first: ArmResult, second: ArmResult): Float64Array[] | null {
  const [ours, theirs] = [sharesOf(first), sharesOf(second)];
  if (ours === null || theirs === null || ours.length !== theirs.length || ours.length === 0) return null;
  const z = Float64Array.from(ours, (share, i) => share - theirs[i]);
  if (headlineOf(result).name === 'accuracy') return [z];
  const counts = result.testClassCounts;
  if (counts.reduce((sum, count) => sum + count, 0) !== z.length) return null;
  let at = 0;
  return counts.flatMap((count) => {
    const stratum = z.subarray(at, at + count);
    at += count;
    return count === 0 ? [] : [stratum];
  });
}

function sharesOf(arm: ArmResult): Float32Array | null {
  if (arm.rightShares === undefined) return null;
  return decodeTensor(arm.rightShares, { dtype: 'float32', shape: [null], field: 'right_shares' });
}

/** Interval and p-value of the mean difference of two arms, as the agent computes them against real data only. */
export function testPair(
  result: StudyResult,
  { differences, common }: PairedArms,
  seed: string,
): { readonly difference: Interval; readonly pValue: number } {
  if (!drawsAreFresh(result)) {
    const split = { trainingRows: result.labelsUsed, testRows: result.testCount };
    const { estimate, low, high, level, pValue } = correctedResampledTest(differences, split);
    return { difference: { estimate, low, high, level }, pValue };
  }
  const { estimate, low, high, level, pValue } = freshDrawsTest(differences, common, { range: DIFFERENCE_RANGE });
  const overDraws = pairedPermutationTest(differences, { seed, resamples: 20_000 }).pValue;
  return { difference: { estimate, low, high, level }, pValue: Math.max(pValue, overDraws) };
}

/** Non-inferiority at one point: by the interval of fresh draws, or that of splits of one file. */
export function testNotWorse(result: StudyResult, paired: PairedArms, seed: string): NonInferiority | undefined {
  if (paired.differences.length === 0) return undefined;
  const fresh = testNonInferiority(paired.differences, paired.common);
  if (drawsAreFresh(result)) return fresh;
  const { difference } = testPair(result, paired, seed);
  const isKnown = difference.level > 0 && paired.differences.length >= FEWEST_DRAWS;
  const lowerBound = isKnown ? difference.low : -1;
  return { ...fresh, lowerBound, holds: isKnown && lowerBound > -fresh.margin };
}
