import { type Matrix, squaredDistance } from '../losses/matrix.ts';
import { quantile } from '../losses/moments.ts';

/** Minimum probability of its class for a synthetic point. */
const LEAST_POSTERIOR = 0.3;
/** Minimum margin of its class over every other class. */
const LEAST_MARGIN = 0.1;
/** Percentile of real nearest-neighbour distances below which a synthetic point is a copy. */
const COPY_PERCENTILE = 0.05;
/** The bandwidth is the median distance to this neighbour. */
const BANDWIDTH_NEIGHBOUR = 3;

/** Number of differences computed before yielding to the event loop: about 5 ms. */
const OPERATIONS_AT_ONCE = 5e6;

/** A gate's verdict on a point. */
interface GateVerdict {
  readonly accepted: boolean;
  /** p(c|x) of the class for which the point was generated. */
  readonly posterior: number;
}

/**
 * Decides which synthetic points may be used: p(c|x) ≥ .3, a margin over every other class ≥ .1, and a distance to the nearest
 * training point above the 5th percentile of the distances between real nearest neighbours, all in standardized units.
 *
 * p(c|x) is a kernel estimate with balanced classes, so that a rare class is not rejected: p(c|x) ∝ (1/n_c) Σ_{i∈c}
 * exp(−‖x − x_i‖²/2h²), h the median distance of training points to their third neighbour. It has no parameters to fit,
 * and works with two or more points per class and for classes of any shape. With a single class, or a single point,
 * only the distance criterion applies.
 */
export interface Gate {
  judge(points: Matrix, row: number, label: number): GateVerdict;
}

/**
 * Creates a gate from the training points (standardized) and their labels. Compares all pairs of points, and yields to
 * the event loop with `breathe` meanwhile.
 */
export async function createGate(
  real: Matrix,
  labels: Int32Array,
  classes: number,
  breathe: () => Promise<void>,
): Promise<Gate> {
  const { rows } = real;
  const { width, copyDistance } = await neighbourStatistics(real, breathe);
  const counts = new Float64Array(classes);
  for (let i = 0; i < rows; i++) counts[labels[i]]++;
  const squares = new Float64Array(rows);
  const scores = new Float64Array(classes);

  return {
    judge(points, row, label) {
      let nearest = Number.POSITIVE_INFINITY;
      for (let i = 0; i < rows; i++) {
        squares[i] = squaredDistance(points, row, real, i);
        if (squares[i] < nearest) nearest = squares[i];
      }
      if (!Number.isFinite(nearest)) return { accepted: false, posterior: 0 };
      scores.fill(0);
      for (let i = 0; i < rows; i++) {
        scores[labels[i]] += Math.exp((nearest - squares[i]) / (2 * width * width)) / counts[labels[i]];
      }
      const total = scores.reduce((sum, score) => sum + score, 0);
      const posterior = scores[label] / total;
      let rival = 0;
      for (let c = 0; c < classes; c++) if (c !== label) rival = Math.max(rival, scores[c] / total);
      const copied = copyDistance > 0 && Math.sqrt(nearest) <= copyDistance;
      return { accepted: posterior >= LEAST_POSTERIOR && posterior - rival >= LEAST_MARGIN && !copied, posterior };
    },
  };
}

/**
 * The bandwidth, the median over the points of the distance to their third neighbour (1 where that is 0), and the
 * distance at or below which a point is a copy. With fewer than four points the farthest neighbour is used.
 */
async function neighbourStatistics(real: Matrix, breathe: () => Promise<void>) {
  const { rows, columns } = real;
  const k = Math.min(BANDWIDTH_NEIGHBOUR, rows - 1);
  if (k < 1) return { width: 1, copyDistance: 0 };
  const first = new Float64Array(rows);
  const third = new Float64Array(rows);
  const nearest = new Float64Array(k);
  const rowsAtOnce = Math.max(1, Math.floor(OPERATIONS_AT_ONCE / (rows * columns)));
  for (let i = 0; i < rows; i++) {
    if (i % rowsAtOnce === rowsAtOnce - 1) await breathe();
    nearest.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < rows; j++) if (j !== i) keepSmallest(nearest, squaredDistance(real, i, real, j));
    first[i] = Math.sqrt(nearest[0]);
    third[i] = Math.sqrt(nearest[k - 1]);
  }
  return {
    width: quantile(third.sort(), 0.5) || 1,
    copyDistance: quantile(first.sort(), COPY_PERCENTILE),
  };
}

/** Inserts a value into the ascending list of the smallest values, if it is one of them. */
function keepSmallest(smallest: Float64Array, value: number): void {
  for (let at = 0; at < smallest.length; at++) {
    if (value >= smallest[at]) continue;
    smallest.copyWithin(at + 1, at, smallest.length - 1);
    smallest[at] = value;
    return;
  }
}
