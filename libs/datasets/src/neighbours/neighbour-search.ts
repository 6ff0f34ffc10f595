import { type BoxTree, buildBoxTree, type Rows } from './box-tree.ts';

/** The nearest rows of a point, the nearest first; of equally near ones the lower row number first. */
interface Neighbours {
  /** Row numbers, shape [k], or fewer where there are not so many. */
  readonly rows: Int32Array;
  /** Their squared Euclidean distances. */
  readonly squares: Float64Array;
}

/** Exact search for nearest neighbours among fixed rows. */
export interface NeighbourSearch {
  /** Number of rows that are searched. */
  readonly count: number;
  /**
   * The `k` rows nearest to `point`, shape [features], without row `excluded`: give a point's own row number to find the
   * neighbours of a row. Rows whose distance is not finite are never neighbours, so that a point with NaN has none.
   * Throws RangeError unless k is a whole number of at least 1, and for a point of another size.
   */
  nearest(point: ArrayLike<number>, k: number, excluded?: number): Neighbours;
}

/**
 * Prepares the search for nearest neighbours: O(n log n) once, then about O(log n) for each point in few dimensions, and
 * never much more than the comparison with every row. The distances are those of that comparison to the last bit, Σ_j
 * (x_j − y_j)² added up in the order of the features: the bound of a box is computed with the same operations, and
 * rounding is monotonic. Synchronous; a caller with many points yields to the event loop between them:
 *
 * ```ts
 * const search = createNeighbourSearch({ count: points.count, features: points.features, values: points.x });
 * const { rows, squares } = search.nearest(points.x.subarray(0, points.features), 5, 0); // of row 0, itself apart
 * ```
 */
export function createNeighbourSearch(rows: Rows): NeighbourSearch {
  const tree = buildBoxTree(rows);
  const query = new Float64Array(rows.features);
  return {
    count: rows.count,
    nearest(point, k, excluded = -1) {
      if (!Number.isInteger(k) || k < 1) throw new RangeError(`k: ${k} is not a whole number of at least 1`);
      if (point.length !== rows.features) {
        throw new RangeError(`point: ${point.length} values; the rows have ${rows.features} features`);
      }
      query.set(point);
      const found = emptyList(Math.min(k, rows.count));
      if (found.rows.length > 0) descend(tree, 0, 0, query, excluded, found);
      const { rows: nearest, squares, count } = found;
      if (count === nearest.length) return { rows: nearest, squares };
      return { rows: nearest.slice(0, count), squares: squares.slice(0, count) };
    },
  };
}

/** The best rows so far, `count` of them. */
interface NearestList {
  count: number;
  readonly rows: Int32Array;
  readonly squares: Float64Array;
}

function emptyList(k: number): NearestList {
  return { count: 0, rows: new Int32Array(k).fill(-1), squares: new Float64Array(k).fill(Number.POSITIVE_INFINITY) };
}

function insert(found: NearestList, row: number, square: number): void {
  const { rows, squares } = found;
  let at = found.count < rows.length ? found.count++ : rows.length - 1;
  for (; at > 0 && (squares[at - 1] > square || (squares[at - 1] === square && rows[at - 1] > row)); at--) {
    squares[at] = squares[at - 1];
    rows[at] = rows[at - 1];
  }
  squares[at] = square;
  rows[at] = row;
}

/** Visits the nodes that can hold a nearer row than those found, the nearer child first. `bound` is that of `node`. */
function descend(
  tree: BoxTree,
  node: number,
  bound: number,
  point: Float64Array,
  excluded: number,
  found: NearestList,
): void {
  const last = found.rows.length - 1;
  const worst = found.squares[last];
  if (bound > worst || (bound === worst && tree.firstRow[node] > found.rows[last] && found.rows[last] >= 0)) return;
  if (node >= tree.firstLeaf) {
    scanLeaf(tree, node, point, excluded, found);
    return;
  }
  const left = 2 * node + 1;
  const leftBound = boundOf(tree, left, point);
  const rightBound = boundOf(tree, left + 1, point);
  const isRightNearer = rightBound < leftBound;
  if (isRightNearer) descend(tree, left + 1, rightBound, point, excluded, found);
  descend(tree, left, leftBound, point, excluded, found);
  if (!isRightNearer) descend(tree, left + 1, rightBound, point, excluded, found);
}

/**
 * Squared distance from `point` to the box of `node`, at most that to any of its rows. Without branches, which would be
 * mispredicted: a + |a| is 2·max(a, 0), and at most one of the two sides is above 0.
 */
function boundOf({ features, low, high }: BoxTree, node: number, point: Float64Array): number {
  let sum = 0;
  for (let j = 0, at = node * features; j < features; j++, at++) {
    const below = low[at] - point[j];
    const above = point[j] - high[at];
    const outside = below + Math.abs(below) + (above + Math.abs(above));
    sum += outside * outside;
  }
  return sum / 4;
}

function scanLeaf(tree: BoxTree, node: number, point: Float64Array, excluded: number, found: NearestList): void {
  const { features, order, values } = tree;
  const last = found.rows.length - 1;
  for (let i = tree.starts[node]; i < tree.ends[node]; i++) {
    const worst = found.squares[last];
    let square = 0;
    for (let j = 0, at = i * features; j < features && square <= worst; j++, at++) {
      const difference = point[j] - values[at];
      square += difference * difference;
    }
    const row = order[i];
    if (row !== excluded && (square < worst || (square === worst && row < found.rows[last]))) {
      insert(found, row, square);
    }
  }
}
