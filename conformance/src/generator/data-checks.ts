import type { DataDescription } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { type Check, CheckFailure, listChecks, must } from '../check.ts';
import { describedData, SMALL_DATA } from '../shared/small-points.ts';
import { APART, DATA_SETS } from './data-sets.ts';
import type { FitChanges, FitContext } from './fit-context.ts';
import { type SampleAnswer, sample, sampleParts } from './sample-call.ts';

/** How far outside the range of a feature a point may lie, in widths of that range. */
const WIDTHS_OUTSIDE = 3;
/** Points of each class that are sampled, different for every two classes. */
const COUNTS = [40, 25, 30];

/** Checks of what a generator makes of data: of every data set, and in the units and classes of the training points. */
export function dataChecks(context: FitContext): readonly Check[] {
  const { generator, options } = context;
  const drawFrom = async (
    points: Points,
    counts: readonly number[],
    changes: FitChanges = {},
  ): Promise<SampleAnswer> => {
    const { model } = await context.fit({
      training: [...encodePoints(points)],
      data: describedData(points),
      ...changes,
    });
    return sample(generator, sampleParts({ seed: 3, classCounts: [...counts] }, model), options.deadlineMs);
  };

  const sets = listChecks('generator/v1/generator.proto: GeneratorService; tensor.proto: LabelledPoints');
  for (const { what, points, counts = threeOfEach(points) } of DATA_SETS) {
    sets.promise(`points ${what} are fitted and sampled`, async () => {
      const { points: drawn } = await drawFrom(points, counts);
      const each = countsOf(drawn, points.classes);
      must(each.join() === counts.join(), `the class counts are ${each.join(', ')}`, counts.join(', '));
      must(drawn.features === points.features, `points have ${drawn.features} features`, `${points.features}`);
    });
  }

  const units = listChecks(
    'generator/v1/generator.proto: GeneratorService.Sample, units; slots.proto: DataDescription',
  );
  /** Fits as cheaply as the other checks, and where that fails once more with the defaults, which should be trained enough. */
  const require = async (data: DataDescription, requirement: (drawn: Points) => void) => {
    try {
      requirement((await drawFrom(APART, COUNTS, { data })).points);
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error;
      requirement((await drawFrom(APART, COUNTS, { data, hyperparameters: [] })).points);
    }
  };

  units.promise('sampled points are in the units of the training points, feature by feature', async () => {
    await require(SMALL_DATA, (drawn) => requireNear(drawn, rangesOf(APART), WIDTHS_OUTSIDE));
  });
  units.promise('sampled points do not lie far outside the bounds of their features', async () => {
    const ranges = rangesOf(APART);
    const data = {
      ...SMALL_DATA,
      lowerBounds: ranges.map(([low]) => low),
      upperBounds: ranges.map(([, high]) => high),
    };
    await require(data, (drawn) => requireNear(drawn, ranges, 1));
  });
  units.promise('sampled points resemble the training points of their class', async () => {
    await require(SMALL_DATA, (drawn) => {
      const means = meansOf(APART);
      const right = [...drawn.y.keys()].filter((row) => nearest(drawn, row, means) === drawn.y[row]).length;
      // A generator that ignores the class has a third of them right.
      const enough = right >= 0.5 * drawn.count;
      must(enough, `${right} of ${drawn.count} points are nearest to the mean of their class`, 'most of them');
    });
  });

  const empty = listChecks('generator/v1/generator.proto: SampleSettings.class_counts');
  empty.promise('counts of 0 give no points, and a summary', async () => {
    const { points, summary } = await drawFrom(DATA_SETS[0].points, [0]);
    must(
      points.count === 0 && summary.count === 0,
      `${points.count} points came, ${summary.count} by the summary`,
      '0',
    );
  });
  return [...sets.checks, ...units.checks, ...empty.checks];
}

function countsOf({ y }: Points, classes: number): number[] {
  return Array.from({ length: classes }, (_, label) => y.filter((one) => one === label).length);
}

const threeOfEach = (points: Points) => countsOf(points, points.classes).map((count) => (count > 0 ? 3 : 0));

/** Smallest and largest value of each feature. */
function rangesOf({ features, x }: Points): [number, number][] {
  return Array.from({ length: features }, (_, j) => {
    const column = x.filter((_, i) => i % features === j);
    return [Math.min(...column), Math.max(...column)];
  });
}

function requireNear({ features, x }: Points, ranges: readonly [number, number][], widths: number): void {
  for (const [i, value] of x.entries()) {
    const [low, high] = ranges[i % features];
    const margin = widths * (high - low);
    must(
      value >= low - margin && value <= high + margin,
      `feature ${i % features} of a point is ${value}, where those of the training points are ${low} to ${high}`,
      `at most ${widths} times that range outside of it (a longer fit: --set)`,
    );
  }
}

/** Mean of each class, in widths of the features. */
function meansOf(points: Points): number[][] {
  const { features, classes, x, y } = points;
  return Array.from({ length: classes }, (_, label) => {
    const rows = [...y.keys()].filter((row) => y[row] === label);
    return Array.from(
      { length: features },
      (_, j) => rows.reduce((sum, row) => sum + x[row * features + j], 0) / rows.length,
    );
  });
}

function nearest({ features, x }: Points, row: number, means: readonly number[][]): number {
  const widths = rangesOf(APART).map(([low, high]) => high - low);
  const distances = means.map((mean) => Math.hypot(...mean.map((m, j) => (x[row * features + j] - m) / widths[j])));
  return distances.indexOf(Math.min(...distances));
}
