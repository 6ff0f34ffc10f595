import type { Random } from '@qloom/random/random.ts';
import { type Matrix, squaredDistance } from '../losses/matrix.ts';
import { quantile } from '../losses/moments.ts';

/** Part of each class that is held out of the fit to choose the checkpoint. */
const HELD_OUT_PART = 0.2;
/** At most about so many are held out in all: a score costs their square. */
const MOST_HELD_OUT = 256;
/** A class with fewer points than this keeps all of them for the fit. */
const LEAST_CLASS = 5;
/** Bandwidths of the kernel, over the median distance. */
const BANDWIDTHS = [0.5, 1, 2];

/** Indices of the training points that are fitted to, and of those that choose the checkpoint. */
export interface HeldOutSplit {
  readonly fit: Int32Array;
  readonly heldOut: Int32Array;
}

/**
 * Splits training points by class: a fifth of each class with at least five points is held out, rounded to the nearest, at
 * least one, and no more than about 256 in all. Where every class is smaller nothing is held out, and `heldOut` holds all of `fit`: the checkpoint is then chosen
 * on the points it was fitted to, which is the lesser evil. Both lists ascend.
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
  const fit = Int32Array.from([...labels.keys()].filter((row) => !held.has(row)));
  return { fit, heldOut: held.size > 0 ? Int32Array.from([...held].sort((a, b) => a - b)) : fit };
}

/** Scores made points against held-out ones: lower is nearer. */
export type HeldOutScore = (made: Matrix, labels: Int32Array) => number;

/**
 * MMD² within classes (Gretton et al., "A Kernel Two-Sample Test", 2012, unbiased): the kernel is 1[c = c'] times the mean of
 * Gaussians at ½, 1 and 2 times the median distance of the real points. The term of real points among themselves, the same for
 * every checkpoint, is left out, so that the score may be below zero.
 *
 * Both samples should have the same mix of classes. A score of fewer than two made points is without its second term.
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
