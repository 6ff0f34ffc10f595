import { nearestNeighbours } from './losses/diversity.ts';
import type { Matrix } from './losses/matrix.ts';
import { quantile } from './losses/moments.ts';

/** Least probability of its class that a synthetic point must have. */
const LEAST_POSTERIOR = 0.3;
/** By how much its class must lead every other class. */
const LEAST_MARGIN = 0.1;
/** Percentile of real nearest-neighbour distances below which a synthetic point is a copy. */
const COPY_PERCENTILE = 0.05;
/** The bandwidth is the median distance to this neighbour. */
const BANDWIDTH_NEIGHBOUR = 3;

/** What a gate says of a point. */
export interface GateVerdict {
  readonly accepted: boolean;
  /** p(c|x) of the class that the point was made for. */
  readonly posterior: number;
}

/**
 * Decides which synthetic points may be used: p(c|x) ≥ .3, a margin over every other class ≥ .1, and a distance to the nearest
 * training point above the 5th percentile of the distances between real nearest neighbours, all in standardized units.
 *
 * p(c|x) is a kernel estimate with balanced classes, so that a rare class is not gated away: p(c|x) ∝ (1/n_c) Σ_{i∈c}
 * exp(−‖x − x_i‖²/2h²), h the median distance of training points to their third neighbour. Without parameters to fit, it works
 * from two points a class on and for classes of any form. With a single class, or a single point, only the rest applies.
 */
export interface Gate {
  judge(points: Matrix, row: number, label: number): GateVerdict;
}

/** A gate from the training points (standardized) and their labels. */
export function createGate(real: Matrix, labels: Int32Array, classes: number): Gate {
  const { rows, columns, data } = real;
  const width = bandwidth(real);
  const neighbourDistances = nearestNeighbours(real).distance.filter(Number.isFinite).sort();
  const copyDistance = neighbourDistances.length === 0 ? 0 : quantile(neighbourDistances, COPY_PERCENTILE);
  const counts = new Float64Array(classes);
  for (let i = 0; i < rows; i++) counts[labels[i]]++;
  const squares = new Float64Array(rows);
  const scores = new Float64Array(classes);

  return {
    judge(points, row, label) {
      let nearest = Number.POSITIVE_INFINITY;
      for (let i = 0; i < rows; i++) {
        let sum = 0;
        for (let k = 0; k < columns; k++) {
          const difference = points.data[row * columns + k] - data[i * columns + k];
          sum += difference * difference;
        }
        squares[i] = sum;
        if (sum < nearest) nearest = sum;
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

/** Median over the points of the distance to the third nearest other point (or the last there is); 1 where that is 0. */
function bandwidth(real: Matrix): number {
  const { rows, columns, data } = real;
  const each = new Float64Array(rows);
  const k = Math.min(BANDWIDTH_NEIGHBOUR, rows - 1);
  if (k < 1) return 1;
  const nearest = new Float64Array(k);
  for (let i = 0; i < rows; i++) {
    nearest.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < rows; j++) {
      if (j === i) continue;
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += (data[i * columns + c] - data[j * columns + c]) ** 2;
      for (let at = 0; at < k; at++) {
        if (sum >= nearest[at]) continue;
        nearest.copyWithin(at + 1, at, k - 1);
        nearest[at] = sum;
        break;
      }
    }
    each[i] = Math.sqrt(nearest[k - 1]);
  }
  return quantile(each.sort(), 0.5) || 1;
}
