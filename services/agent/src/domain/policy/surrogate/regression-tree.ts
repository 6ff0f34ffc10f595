import type { Random } from '@qloom/random/random.ts';

/** A regression tree; it predicts one number for one row of features. */
export interface RegressionTree {
  predict(features: ArrayLike<number>): number;
}

interface Node {
  readonly value: number;
  /** A split; a leaf has none. Rows below the threshold belong to `low`. */
  readonly split?: { readonly feature: number; readonly threshold: number; readonly low: Node; readonly high: Node };
}

/** Training rows; the order of each feature is computed once for all trees. */
interface TrainingRows {
  readonly x: readonly ArrayLike<number>[];
  readonly y: ArrayLike<number>;
  /** Row numbers in ascending order of value, for each feature. */
  readonly orders: readonly Int32Array[];
}

/** Minimum number of rows in a leaf, counted with repeats. */
const LEAF = 2;

/**
 * Regression trees by least squares on bootstrap samples of the rows (bagging, Breiman 1996); each split looks at a
 * random half of the features. `x` has shape [rows][features], `y` [rows].
 */
export function fitForest(
  x: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  trees: number,
  random: Random,
): RegressionTree[] {
  const features = x[0].length;
  const orders = Array.from({ length: features }, (_, f) =>
    Int32Array.from(x.keys()).sort((a, b) => x[a][f] - x[b][f] || a - b),
  );
  return Array.from({ length: trees }, (_, t) => {
    const stream = random.fork(t);
    const times = new Int32Array(x.length);
    for (let i = 0; i < x.length; i++) times[stream.integer(x.length)]++;
    const root = grow({ x, y, orders }, times, stream);
    return { predict: (row) => descend(root, row) };
  });
}

function descend(root: Node, row: ArrayLike<number>): number {
  let node = root;
  while (node.split !== undefined)
    node = row[node.split.feature] < node.split.threshold ? node.split.low : node.split.high;
  return node.value;
}

/** Grows a node from rows that count `times`, shape [rows]. */
function grow(rows: TrainingRows, times: Int32Array, random: Random): Node {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < times.length; row++) {
    sum += times[row] * rows.y[row];
    count += times[row];
  }
  const value = sum / count;
  if (count < 2 * LEAF) return { value };
  const features = random.permutation(rows.orders.length).slice(0, Math.ceil(rows.orders.length / 2));
  let best = { gain: 1e-12, feature: -1, threshold: 0 };
  for (const feature of features) {
    const split = bestSplit(rows, times, feature, sum, count);
    if (split.gain > best.gain) best = { ...split, feature };
  }
  const { feature, threshold } = best;
  if (feature < 0) return { value };
  const low = times.map((n, row) => (rows.x[row][feature] < threshold ? n : 0));
  const high = times.map((n, row) => (rows.x[row][feature] < threshold ? 0 : n));
  return { value, split: { feature, threshold, low: grow(rows, low, random), high: grow(rows, high, random) } };
}

/**
 * The threshold that reduces the sum of squares most: Σ²_low/n_low + Σ²_high/n_high − Σ²/n. Gain 0 if there is none.
 */
function bestSplit(
  { x, y, orders }: TrainingRows,
  times: Int32Array,
  feature: number,
  total: number,
  count: number,
): { gain: number; threshold: number } {
  let best = { gain: 0, threshold: 0 };
  let below = 0;
  let belowCount = 0;
  let last = Number.NaN;
  for (const row of orders[feature]) {
    if (times[row] === 0) continue;
    const here = x[row][feature];
    if (here > last && belowCount >= LEAF && count - belowCount >= LEAF) {
      const gain = below ** 2 / belowCount + (total - below) ** 2 / (count - belowCount) - total ** 2 / count;
      if (gain > best.gain) best = { gain, threshold: (last + here) / 2 };
    }
    below += times[row] * y[row];
    belowCount += times[row];
    last = here;
  }
  return best;
}
