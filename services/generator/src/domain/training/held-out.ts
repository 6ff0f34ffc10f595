import type { Random } from '@qloom/random/random.ts';
import { type Matrix, squaredDistance } from '../losses/matrix.ts';
import { quantile } from '../losses/moments.ts';

/** Fraction of each class that is held out of the fit to select the checkpoint. */
const HELD_OUT_PART = 0.2;
/** Approximate maximum number of points held out in total: the cost of a score grows with its square. */
const MOST_HELD_OUT = 256;
/** Minimum number of points of a class for points of it to be held out. */
const LEAST_CLASS = 5;
/** Minimum number of points held out in total, if any. */
const LEAST_HELD_OUT = 64;
/** Bandwidths of the kernel, divided by the median distance. */
const BANDWIDTHS = [0.5, 1, 2];

/** Indices of the training points for the fit, and of those that select the checkpoint. */
export interface HeldOutSplit {
  readonly fit: Int32Array;
  readonly heldOut: Int32Array;
}

/**
 * Splits training points by class: a fifth of each class with at least five points is held out, rounded to the nearest
 * integer, at least one, and at most about 256 in total. Where that is fewer than 64 points nothing is held out: a score on
 * few points is noise, and withholding them harms the fit. Both lists are in ascending order.
 */
export function splitHeldOut(labels: Int32Array, classes: number, random: Random): HeldOutSplit {
  const held = new Set<number>();
  const part = Math.min(HELD_OUT_PART, MOST_HELD_OUT / labels.length);
  for (let c = 0; c < classes; c++) {
    const rows = [...labels.keys()].filter((row) => labels[row] === c);
    if (rows.length < LEAST_CLASS) continue;
    random.shuffle(rows);
    for (const row of rows.slice(0, Math.max(1, Math.round(part * rows.length)))) held.add(row);
  }
  if (held.size < LEAST_HELD_OUT) held.clear();
  const fit = Int32Array.from([...labels.keys()].filter((row) => !held.has(row)));
  return { fit, heldOut: Int32Array.from([...held].sort((a, b) => a - b)) };
}

/** Scores synthetic points against held-out ones; lower is better. */
export type HeldOutScore = (made: Matrix, labels: Int32Array) => number;

/**
 * MMD² within classes (Gretton et al., "A Kernel Two-Sample Test", 2012, unbiased): the kernel is 1[c = c'] times the
 * mean of Gaussians at ½, 1 and 2 times the median distance of the real points. The term of pairs of real points is the
 * same for every checkpoint and is left out, so that the score may be negative.
 *
 * Both samples should have the same mix of classes. With fewer than two synthetic points the term of pairs of synthetic
 * points is left out.
 */
export function heldOutScore(real: Matrix, realLabels: Int32Array): HeldOutScore {
  const scales = bandwidthScales(real);
  const kernel = (a: Matrix, i: number, b: Matrix, j: number) => {
    const square = squaredDistance(a, i, b, j);
    let sum = 0;
    for (const scale of scales) sum += Math.exp(scale * square);
    return sum / scales.length;
  };
  return (made, labels) => {
    let cross = 0;
    let own = 0;
    for (let i = 0; i < made.rows; i++) {
      for (let j = 0; j < real.rows; j++) if (labels[i] === realLabels[j]) cross += kernel(made, i, real, j);
      for (let j = 0; j < i; j++) if (labels[i] === labels[j]) own += kernel(made, i, made, j);
    }
    const pairs = Math.max(1, (made.rows * (made.rows - 1)) / 2);
    return own / pairs - (2 * cross) / (made.rows * real.rows);
  };
}

/** −1/2h² for each bandwidth h. */
function bandwidthScales(real: Matrix): number[] {
  const distances: number[] = [];
  for (let i = 0; i < real.rows; i++) {
    for (let j = 0; j < i; j++) distances.push(Math.sqrt(squaredDistance(real, i, real, j)));
  }
  const median = distances.length > 0 ? quantile(Float64Array.from(distances).sort(), 0.5) : 0;
  const width = median || Math.sqrt(real.columns);
  return BANDWIDTHS.map((factor) => -1 / (2 * (factor * width) ** 2));
}
