import { type Interval, meanOf } from '@qloom/metrics/statistics/interval.ts';
import { DIFFERENCE_RANGE, freshDrawsTest } from '@qloom/metrics/statistics/mean-test.ts';
import { type NonInferiority, testNonInferiority } from '@qloom/metrics/statistics/non-inferiority.ts';
import { pairedTestSetError } from '@qloom/metrics/statistics/test-set-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass } from '@qloom/study/points/rows.ts';
import type { CompiledCircuit } from '../engine/engine.ts';
import { measureScaling, scaleInputs } from '../model/input-scaling.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';
import { trainQnns } from '../training/train.ts';

/** Test accuracies of QNNs that were trained on one set of points. */
export interface SetScore {
  /** Mean recall of the classes of each training, in the order of the seeds: accuracy where classes have the same number of test points. */
  readonly accuracies: readonly number[];
  /** Share of the trainings that predicted each test point right, class by class. */
  readonly right: readonly Float64Array[];
}

/**
 * Trains a QNN for each seed on the points that `trainedOn` gives for it, with features scaled by the same points, and scores it on
 * `test`. `onTraining` is called after each.
 */
export async function scoreSet(
  compiled: CompiledCircuit,
  settings: QnnSettings,
  { trainedOn, test, seeds, onTraining }: ScoredSet,
): Promise<SetScore> {
  const classes = rowsByClass(test).filter((rows) => rows.length > 0);
  const right = classes.map((rows) => new Float64Array(rows.length));
  const accuracies: number[] = [];
  for (const seed of seeds) {
    const points = trainedOn(seed);
    const scaling = measureScaling(points, settings.encoding);
    const encoded = (of: Points) => ({ count: of.count, angles: scaleInputs(of, scaling), labels: of.y });
    const task = { label: `seed ${seed}`, seed, training: encoded(points), heldOut: encoded(test) };
    const [{ predictions }] = await trainQnns(compiled, settings, [task]);
    const recalls = classes.map((rows, c) => {
      const hits = rows.map((row) => (predictions[row] === test.y[row] ? 1 : 0));
      hits.forEach((hit, i) => {
        right[c][i] += hit / seeds.length;
      });
      return meanOf(hits);
    });
    accuracies.push(meanOf(recalls));
    await onTraining?.();
  }
  return { accuracies, right };
}

/** What {@link scoreSet} trains on and scores. */
export interface ScoredSet {
  readonly trainedOn: (seed: number) => Points;
  readonly test: Points;
  readonly seeds: readonly number[];
  readonly onTraining?: () => void | Promise<void>;
}

/** How one set of points does in place of another. */
export interface SetComparison {
  /** Mean difference of the accuracies, with its 95% interval. */
  readonly difference: Interval;
  readonly nonInferiority: NonInferiority;
}

/**
 * Compares sets on the same seeds and test points. The interval is over trainings of the QNN and, as `pairedTestSetError` has it,
 * over test points; not over draws of the real points.
 */
export function compareSets(ours: SetScore, theirs: SetScore): SetComparison {
  const differences = ours.accuracies.map((value, i) => value - theirs.accuracies[i]);
  const test = pairedTestSetError(ours.right.map((points, c) => points.map((share, i) => share - theirs.right[c][i])));
  const { estimate, low, high, level } = freshDrawsTest(differences, test, { range: DIFFERENCE_RANGE });
  return {
    difference: { estimate, low, high, level },
    nonInferiority: testNonInferiority(differences, test),
  };
}
