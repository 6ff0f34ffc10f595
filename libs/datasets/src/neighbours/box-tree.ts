/** Rows of numbers: the `x` of points, or a matrix of standardized features. */
export interface Rows {
  readonly count: number;
  readonly features: number;
  /** Row-major, shape [count, features]. */
  readonly values: Float32Array | Float64Array;
}

/** A balanced binary tree over rows. Node 0 is the root; the children of node i are 2i + 1 and 2i + 2. */
export interface BoxTree {
  readonly features: number;
  /** Row numbers in the order of the leaves, shape [count]. */
  readonly order: Int32Array;
  /** The rows in that order, row-major. */
  readonly values: Float64Array;
  /** Node i holds `order[starts[i] … ends[i])`. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Least and greatest value of each feature within each node, row-major [nodes, features]. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Least row number within each node, shape [nodes]. */
  readonly firstRow: Int32Array;
  /** First node that has no children. */
  readonly firstLeaf: number;
}

/** Rows of a leaf: large enough that a scan of it costs more than the bound of its box. */
const LEAF_ROWS = 32;

/**
 * Builds the tree: every node is cut at the median of the feature that spreads most in it, equal values by their row
 * number (a k-d tree, Friedman, Bentley and Finkel, 1977). O(n log n). Deterministic. The rows are copied.
 */
export function buildBoxTree({ count, features, values }: Rows): BoxTree {
  let firstLeaf = 0;
  while (count > LEAF_ROWS * (firstLeaf + 1)) firstLeaf = 2 * firstLeaf + 1;
  const nodes = 2 * firstLeaf + 1;
  const order = Int32Array.from({ length: count }, (_, row) => row);
  const [starts, ends, firstRow] = [new Int32Array(nodes), new Int32Array(nodes), new Int32Array(nodes)];
  const low = new Float64Array(nodes * features).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(nodes * features).fill(Number.NEGATIVE_INFINITY);
  ends[0] = count;
  for (let node = 0; node < nodes; node++) {
    const [start, end, at] = [starts[node], ends[node], node * features];
    let first = Number.POSITIVE_INFINITY;
    for (let i = start; i < end; i++) {
      const row = order[i];
      if (row < first) first = row;
      for (let j = 0; j < features; j++) {
        const value = values[row * features + j];
        if (value < low[at + j]) low[at + j] = value;
        if (value > high[at + j]) high[at + j] = value;
      }
    }
    firstRow[node] = first;
    if (node >= firstLeaf) continue;
    let widest = 0;
    for (let j = 1; j < features; j++) {
      if (high[at + j] - low[at + j] > high[at + widest] - low[at + widest]) widest = j;
    }
    const middle = (start + end) >> 1;
    divide(order, start, end, middle, (row) => values[row * features + widest]);
    [starts[2 * node + 1], ends[2 * node + 1]] = [start, middle];
    [starts[2 * node + 2], ends[2 * node + 2]] = [middle, end];
  }
  const ordered = new Float64Array(count * features);
  order.forEach((row, i) => {
    ordered.set(values.subarray(row * features, (row + 1) * features), i * features);
  });
  return { features, order, values: ordered, starts, ends, low, high, firstRow, firstLeaf };
}

/**
 * Rearranges `order[start … end)` so that no row before `middle` has a greater key than one from there on; rows of equal
 * keys are in the order of their numbers (quickselect, Hoare, 1961, the pivot a median of three).
 */
function divide(order: Int32Array, start: number, end: number, middle: number, keyOf: (row: number) => number): void {
  const before = (a: number, b: number) => {
    const [x, y] = [keyOf(a), keyOf(b)];
    return x < y || (!(x > y) && a < b);
  };
  let [from, to] = [start, end - 1];
  while (from < to) {
    const pivot = medianOfThree(order[from], order[(from + to) >> 1], order[to], before);
    let [i, j] = [from, to];
    while (i <= j) {
      while (before(order[i], pivot)) i++;
      while (before(pivot, order[j])) j--;
      if (i > j) break;
      const moved = order[i];
      order[i++] = order[j];
      order[j--] = moved;
    }
    if (middle <= j) to = j;
    else if (middle >= i) from = i;
    else return;
  }
}

function medianOfThree(a: number, b: number, c: number, before: (a: number, b: number) => boolean): number {
  if (before(a, b)) return before(b, c) ? b : before(a, c) ? c : a;
  return before(a, c) ? a : before(b, c) ? c : b;
}
