import { frechetDistance } from '@qloom/metrics/distances/frechet.ts';
import { matrixOf, selectMatrixRows } from '@qloom/metrics/matrix.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { synthesisPlan } from '@qloom/study/synthesis/synthesis-plan.ts';
import { mean } from '../maths/statistics.ts';
import type { Choices } from './choices.ts';
import { ORACLE_RATIO } from './jobs.ts';

/** Maximum number of blocks over which a distance is averaged. */
const MOST_BLOCKS = 5;

/** A Fréchet distance and the number of points of each sample. */
export interface DistanceToTest {
  readonly frechet: number;
  readonly frechetCount: number;
}

/**
 * Number of points per sample for every Fréchet distance on a replicate: that of the arm that adds the fewest. A
 * distance shrinks as samples grow, so that arms can be compared only at the same count. `ratio` is `synthRatio` as the
 * generator offers it.
 */
export function comparedCount(
  { selection, baselines }: Pick<Choices, 'selection' | 'baselines'>,
  { labels, test }: { readonly labels: Points; readonly test: Points },
  ratio?: Hyperparameter,
): number {
  const real = classCounts(labels);
  const settings = [selection.best?.hyperparameters ?? null, ...baselines.values()];
  const added = settings
    .filter((configuration) => configuration !== null)
    .map((configuration) => synthesisPlan(configuration, real, ratio).reduce((sum, count) => sum + count, 0));
  return Math.min(test.count, ORACLE_RATIO * labels.count, ...added.filter((count) => count > 0));
}

/**
 * Fréchet distance of an arm's synthetic points to the test set at `count` points a side, averaged over disjoint
 * blocks, at most five. A function of only the replicate and the arm's points. Null with fewer than two points.
 */
export function frechetToTest(test: Points, synthetic: Points, count: number, random: Random): DistanceToTest | null {
  const n = Math.min(count, synthetic.count);
  if (n < 2) return null;
  const blocks = Math.min(MOST_BLOCKS, Math.floor(synthetic.count / n), Math.floor(test.count / n));
  const orders = {
    test: random.fork('test').permutation(test.count),
    synthetic: random.fork('synthetic').permutation(synthetic.count),
  };
  const distances = Array.from({ length: blocks }, (_, b) => {
    const rows = (which: 'test' | 'synthetic') => orders[which].slice(b * n, (b + 1) * n);
    return frechetDistance(
      selectMatrixRows(matrixOf(test), rows('test')),
      selectMatrixRows(matrixOf(synthetic), rows('synthetic')),
    );
  });
  return { frechet: mean(distances), frechetCount: n };
}
