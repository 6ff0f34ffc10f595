import type { Random } from '@qloom/random/random.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { Steps } from '../split/turns.ts';

/** Rows to cluster: float64, row-major, shape [count, features]. */
export interface ClusterRows {
  readonly count: number;
  readonly features: number;
  readonly x: Float64Array;
}

/** Result of {@link kMeansSteps}. */
export interface Clusters {
  /** Mean of the rows of each cluster, shape [k, features]. */
  readonly centres: Float64Array;
  /** Cluster of each row, that of the nearest centre (the first of several), shape [count]. */
  readonly clusterOf: Int32Array;
  /** Sum of squared distances of the rows to their centres. */
  readonly inertia: number;
}

/** Options of {@link kMeansSteps}. */
export interface KMeansOptions {
  readonly k: number;
  readonly random: Random;
  /** Starts, of which the one with the smallest inertia is kept. Default 4. */
  readonly starts?: number;
  /** Most iterations of a start. Default 100. */
  readonly iterations?: number;
  /** First centres, shape [k, features], instead of random starts. */
  readonly initial?: Float64Array;
}

/**
 * k-means by Lloyd's iterations from the seeding of Arthur and Vassilvitskii, "k-means++: The advantages of careful seeding"
 * (SODA 2007), until no row changes its cluster. A cluster that loses all rows takes the row farthest from its centre. With
 * fewer distinct rows than k, centres coincide. In steps of one iteration each, for `runInTurns`: an iteration takes as long as
 * rows × clusters. Throws DatasetError unless k is a whole number from 1 to the number of rows.
 */
export function* kMeansSteps(rows: ClusterRows, options: KMeansOptions): Steps<Clusters> {
  const { k, random, starts = 4, iterations = 100, initial } = options;
  if (!Number.isInteger(k) || k < 1 || k > rows.count) {
    throw new DatasetError('k', `k: ${k} clusters of ${rows.count} rows; right would be 1 to ${rows.count}`);
  }
  let best: Clusters | undefined;
  for (let start = 0; start < (initial ? 1 : starts); start++) {
    const centres = initial?.slice() ?? seedCentres(rows, k, random.fork(start));
    const found = yield* iterate(rows, centres, iterations);
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  return best as Clusters;
}

/** k-means++: each centre is a row, drawn with probability in proportion to its squared distance to the centres before. */
function seedCentres(rows: ClusterRows, k: number, random: Random): Float64Array {
  const { count, features, x } = rows;
  const centres = new Float64Array(k * features);
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let chosen = random.integer(count);
  for (let c = 0; ; ) {
    centres.set(x.subarray(chosen * features, (chosen + 1) * features), c * features);
    let total = 0;
    for (let i = 0; i < count; i++) {
      nearest[i] = Math.min(nearest[i], squaredDistance(rows, i, centres, c));
      total += nearest[i];
    }
    if (++c === k) return centres;
    chosen = total > 0 ? drawInProportion(nearest, random.uniform() * total) : random.integer(count);
  }
}

/** The first index at which the running sum of `weights` is above `target`; rounding apart, the last positive one. */
function drawInProportion(weights: Float64Array, target: number): number {
  let left = target;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] <= 0) continue;
    last = i;
    left -= weights[i];
    if (left < 0) return i;
  }
  return last;
}

function* iterate(rows: ClusterRows, centres: Float64Array, iterations: number): Steps<Clusters> {
  const { count, features } = rows;
  const clusterOf = new Int32Array(count).fill(-1);
  const distances = new Float64Array(count);
  for (let iteration = 0; ; iteration++) {
    const changed = assign(rows, centres, clusterOf, distances);
    if (!changed || iteration === iterations) break;
    const sizes = fillEmpty(clusterOf, distances, centres.length / features);
    moveCentres(rows, centres, clusterOf, sizes);
    yield;
  }
  return { centres, clusterOf, inertia: distances.reduce((sum, distance) => sum + distance, 0) };
}

/** Gives every row its nearest centre; whether any changed. */
function assign(rows: ClusterRows, centres: Float64Array, clusterOf: Int32Array, distances: Float64Array): boolean {
  let changed = false;
  for (let i = 0; i < rows.count; i++) {
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    for (let c = 0; c < centres.length / rows.features; c++) {
      const distance = squaredDistance(rows, i, centres, c);
      if (distance < least) [nearest, least] = [c, distance];
    }
    if (clusterOf[i] !== nearest) changed = true;
    clusterOf[i] = nearest;
    distances[i] = least;
  }
  return changed;
}

/** Gives each empty cluster the farthest row that is not at its centre, of a cluster that keeps another; the sizes after that. */
function fillEmpty(clusterOf: Int32Array, distances: Float64Array, k: number): Int32Array {
  const sizes = new Int32Array(k);
  for (const cluster of clusterOf) sizes[cluster]++;
  for (let c = 0; c < k; c++) {
    if (sizes[c] > 0) continue;
    let farthest = -1;
    for (let i = 0; i < clusterOf.length; i++) {
      if (sizes[clusterOf[i]] > 1 && distances[i] > (farthest < 0 ? 0 : distances[farthest])) farthest = i;
    }
    if (farthest < 0) break;
    sizes[clusterOf[farthest]]--;
    sizes[c]++;
    clusterOf[farthest] = c;
    distances[farthest] = 0;
  }
  return sizes;
}

/** Moves the centre of every cluster with rows to their mean. */
function moveCentres({ count, features, x }: ClusterRows, centres: Float64Array, of: Int32Array, sizes: Int32Array) {
  for (let i = 0; i < centres.length; i++) if (sizes[Math.floor(i / features)] > 0) centres[i] = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < features; j++) centres[of[i] * features + j] += x[i * features + j] / sizes[of[i]];
  }
}

function squaredDistance({ features, x }: ClusterRows, row: number, centres: Float64Array, centre: number): number {
  let sum = 0;
  for (let j = 0; j < features; j++) {
    const difference = x[row * features + j] - centres[centre * features + j];
    sum += difference * difference;
  }
  return sum;
}
