import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { studentQuantile } from '@qloom/metrics/statistics/student-t.ts';
import {
  accuracyTestSetError,
  pairedTestSetError,
  type TestSetError,
} from '@qloom/metrics/statistics/test-set-error.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { rowsByClass, selectRows } from '@qloom/study/points/rows.ts';
import type { LabelHistory } from './label-history.ts';
import { crossFitted, LEAST_RANDOM, labelNumbers, randomRows, type TrainingSet } from './training-sets.ts';

/** Trains QNNs on some rows of a history, and returns the class that they predict for each of `points`. */
export type Predictor = (rows: readonly number[], points: Points) => Promise<Int32Array>;

/** How QNNs do that were trained on a number of labels. */
export interface CurvePoint {
  readonly labels: number;
  /** Share of right predictions; with test points the mean over their classes. In [0, 1], for other points of the same kind. */
  readonly accuracy: Interval;
}

/** What accuracies are measured on. */
type MeasuredOn = 'random' | 'test';

/** Accuracy against labels, of the campaign and of its points chosen at random alone. */
export interface LabelCurves {
  readonly measuredOn: MeasuredOn;
  /** Points that accuracies are measured on. */
  readonly measuredPoints: number;
  readonly campaign: readonly CurvePoint[];
  /** Trained on the points chosen at random alone: what random labels would have given. */
  readonly random: readonly CurvePoint[];
  /** Accuracy with the campaign's labels less that with as many random ones, with as many as there are. */
  readonly difference: { readonly labels: number; readonly interval: Interval } | null;
}

/** What {@link labelCurves} needs. */
export interface CurvesRequest {
  readonly history: LabelHistory;
  /** In the features of the history. Absent: accuracies are measured on the points chosen at random. */
  readonly test?: Points;
  readonly seed: number;
  readonly predict: Predictor;
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Measures how good the labels of a campaign make a QNN, beside its labels chosen at random. Without test points the latter are those that it is
 * measured on, each by QNNs that were not trained on it. Null where there are fewer than ten.
 */
export async function labelCurves({
  history,
  test,
  seed,
  predict,
  onProgress,
}: CurvesRequest): Promise<LabelCurves | null> {
  const sample = randomRows(history);
  if (test === undefined && sample.length < LEAST_RANDOM) return null;
  const { points } = history;
  const all = Array.from({ length: points.count }, (_, row) => row);
  const measured = test ?? selectRows(points, sample);
  const classes = rowsByClass(measured).filter((rows) => rows.length > 0);
  /** Whether each measured point is predicted right by QNNs trained on some rows. */
  const rightWith = async (rows: readonly number[]): Promise<Int8Array> => {
    const right = new Int8Array(measured.count);
    if (test !== undefined) {
      (await predict(rows, test)).forEach((label, i) => {
        right[i] = label === test.y[i] ? 1 : 0;
      });
      return right;
    }
    const place = new Map(sample.map((row, i) => [row, i]));
    for (const set of crossFitted(rows, sample, seed)) {
      const predicted = await predictSet(points, set, predict);
      set.heldOut.forEach((row, i) => {
        right[place.get(row)!] = predicted[i] === points.y[row] ? 1 : 0;
      });
    }
    return right;
  };
  // With test points of each class balanced, as where one class is rare; a sample as it falls is too small for that.
  const strata = test === undefined ? [measured.y.map((_, i) => i)] : classes.map((rows) => Int32Array.from(rows));
  const randomNumbers = sample.length === 0 ? [] : labelNumbers(sample.length);
  // Also as many as there are random ones, for the comparison.
  const numbers = [...new Set([...labelNumbers(all.length), ...randomNumbers.slice(-1)])].sort((a, b) => a - b);
  let done = 0;
  const curve = async (order: readonly number[], counts: readonly number[]) => {
    const found: (CurvePoint & { readonly right: Int8Array })[] = [];
    for (const labels of counts) {
      const right = await rightWith(order.slice(0, labels));
      found.push({ labels, accuracy: accuracyOf(right, strata), right });
      onProgress?.(++done, numbers.length + randomNumbers.length);
    }
    return found;
  };
  const random = await curve(sample, randomNumbers);
  const campaign = await curve(all, numbers);
  const last = random.at(-1);
  const equal = campaign.find(({ labels }) => labels === last?.labels);
  return {
    measuredOn: test === undefined ? 'random' : 'test',
    measuredPoints: measured.count,
    campaign: campaign.map(({ labels, accuracy }) => ({ labels, accuracy })),
    random: random.map(({ labels, accuracy }) => ({ labels, accuracy })),
    difference:
      last === undefined || equal === undefined || equal.labels === all.length
        ? null
        : { labels: last.labels, interval: differenceOf(equal.right, last.right, strata) },
  };
}

async function predictSet(points: Points, { rows, heldOut }: TrainingSet, predict: Predictor): Promise<Int32Array> {
  return heldOut.length === 0 ? new Int32Array() : predict(rows, selectRows(points, heldOut));
}

function accuracyOf(right: Int8Array, strata: readonly Int32Array[]): Interval {
  const shares = strata.map((rows) => ({
    points: rows.length,
    share: rows.reduce((sum, i) => sum + right[i], 0) / rows.length,
  }));
  const estimate = shares.reduce((sum, { share }) => sum + share / shares.length, 0);
  return intervalOf(estimate, accuracyTestSetError(shares), [0, 1]);
}

function differenceOf(ours: Int8Array, theirs: Int8Array, strata: readonly Int32Array[]): Interval {
  const differences = strata.map((rows) => Array.from(rows, (i) => ours[i] - theirs[i]));
  const estimate = differences.reduce((sum, z) => sum + z.reduce((a, b) => a + b, 0) / z.length / strata.length, 0);
  return intervalOf(estimate, pairedTestSetError(differences), [-1, 1]);
}

/** Student's interval of 95% over other points of the same kind, within what can be. */
function intervalOf(
  estimate: number,
  { centre, variance, freedom }: TestSetError,
  [least, most]: readonly [number, number],
): Interval {
  const half = studentQuantile(0.975, freedom) * Math.sqrt(variance);
  return {
    estimate,
    low: Math.max(least, Math.min(estimate, centre - half)),
    high: Math.min(most, Math.max(estimate, centre + half)),
    level: 0.95,
  };
}
