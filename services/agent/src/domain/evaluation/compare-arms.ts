import { bcaInterval } from '@qloom/metrics/statistics/bca-interval.ts';
import { holmAdjust } from '@qloom/metrics/statistics/holm.ts';
import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { correctedResampledTest } from '@qloom/metrics/statistics/nadeau-bengio.ts';
import { pairedPermutationTest } from '@qloom/metrics/statistics/permutation-test.ts';
import { mean } from '../maths/statistics.ts';

/** How draws relate: independent, or repeated splits of one file, whose rows they share. */
export type Draws =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'splits'; readonly labels: number; readonly test: number };

/** An arm's scores, one a draw, in the order of the draws. Higher is better. */
export interface ArmScore {
  readonly name: string;
  readonly scores: readonly number[];
}

/** An arm against the reference. */
export interface Comparison {
  readonly difference: Interval;
  readonly pValue: number;
  /** After Holm's correction over all arms that are compared. */
  readonly pValueHolm: number;
}

/** Resamples behind an interval: its ends move by about 2% of its width from seed to seed. */
const RESAMPLES = 2000;

/** The mean of some values with its BCa 95% interval; the value itself where there is but one. */
export function meanInterval(values: readonly number[], seed: string): Interval {
  if (values.length < 2) return { estimate: mean(values), low: mean(values), high: mean(values), level: 0.95 };
  return bcaInterval(values, mean, { seed, resamples: RESAMPLES });
}

/**
 * Each arm against the reference, paired by draw. Fresh draws: BCa interval and permutation test of the mean difference.
 * Repeated splits of one file: the corrected resampled t-test (Nadeau and Bengio), which allows for shared rows.
 */
export function compareArms(
  reference: readonly number[],
  arms: readonly ArmScore[],
  draws: Draws,
  seed: string,
): Map<string, Comparison> {
  const compared = arms.map(({ name, scores }) => {
    const differences = scores.map((score, i) => score - reference[i]);
    if (draws.kind === 'splits') {
      const { estimate, low, high, level, pValue } = correctedResampledTest(differences, {
        trainingRows: draws.labels,
        testRows: draws.test,
      });
      return { name, difference: { estimate, low, high, level }, pValue };
    }
    const { pValue } = pairedPermutationTest(differences, { seed: `${seed}/${name}` });
    return { name, difference: meanInterval(differences, `${seed}/${name}`), pValue };
  });
  const adjusted = holmAdjust(compared.map(({ pValue }) => pValue));
  return new Map(
    compared.map(({ name, difference, pValue }, i) => [name, { difference, pValue, pValueHolm: adjusted[i] }]),
  );
}
