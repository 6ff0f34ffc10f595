import type { MomentTarget } from '@qloom/generator/domain/losses/moments.ts';
import * as tf from '@tensorflow/tfjs-core';

// The generator's losses that need no critic, which the product computes in JavaScript beside the critic's work, as tensors: for a step
// that is one graph from end to end.

/** As in the generator's moment loss. */
const BINS = 10;
const EDGE_WIDTH = 0.1;
/** The square of the generator's floor on distances. */
const SQUARE_FLOOR = 1e-6;

/** Mean squared error of reconstructions. */
export function reconstruction(made: tf.Tensor2D, real: tf.Tensor2D): tf.Scalar {
  return tf.mean(tf.squaredDifference(made, real));
}

/** Kullback-Leibler divergence of the codes μ | ℓ from the prior, per feature of the data. */
export function divergence(code: tf.Tensor2D, features: number): tf.Scalar {
  const [mean, logVariance] = tf.split(code, 2, 1);
  const terms = tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1));
  return tf.mul(tf.sum(terms), 0.5 / (code.shape[0] * features));
}

/** The part of the Kozachenko-Leonenko entropy with k = 1 that depends on the points. */
function entropy(points: tf.Tensor2D): tf.Scalar {
  const [rows, columns] = points.shape;
  const apart = tf.sub(tf.expandDims(points, 1), tf.expandDims(points, 0));
  const squares = tf.add(tf.sum(tf.square(apart), 2), tf.mul(tf.eye(rows), 1e9));
  const nearest = tf.maximum(tf.min(squares, 1), SQUARE_FLOOR);
  return tf.mul(tf.sum(tf.log(nearest)), columns / (2 * rows));
}

/** The entropy that synthetic points lack. */
export function lackingEntropy(real: tf.Tensor2D, made: tf.Tensor2D): tf.Scalar {
  return tf.relu(tf.sub(entropy(real), entropy(made)));
}

/** Constants of the gap between moments, for the features of a target. */
function momentConstants({ features, edges, means }: MomentTarget) {
  const pairs = Array.from({ length: features }, (_, j) =>
    Array.from({ length: features - j }, (_, k) => [j, j + k] as const),
  ).flat();
  const pick = (side: 0 | 1) =>
    Array.from({ length: features }, (_, j) => pairs.map((pair) => (pair[side] === j ? 1 : 0)));
  const inner = features * (BINS - 1);
  const repeat = Array.from({ length: features }, (_, j) =>
    Array.from({ length: inner }, (_, at) => (Math.floor(at / (BINS - 1)) === j ? 1 / EDGE_WIDTH : 0)),
  );
  // A bin's membership is that above its lower edge less that above its upper one.
  const bins = Array.from({ length: inner }, (_, at) => {
    const [feature, edge] = [Math.floor(at / (BINS - 1)), at % (BINS - 1)];
    const row: number[] = new Array(features * BINS).fill(0);
    row[feature * BINS + edge + 1] = 1;
    row[feature * BINS + edge] = -1;
    return row;
  });
  const first = Array.from({ length: features * BINS }, (_, at) => (at % BINS === 0 ? 1 : 0));
  const size = features + pairs.length + features * BINS;
  return {
    left: tf.tensor2d(pick(0)),
    right: tf.tensor2d(pick(1)),
    repeat: tf.tensor2d(repeat),
    edges: tf.tensor1d(Array.from(edges, (edge) => edge / EDGE_WIDTH)),
    bins: tf.tensor2d(bins),
    first: tf.tensor1d(first),
    means: tf.tensor2d(means.map((mean) => Array.from(mean ?? new Float64Array(size)))),
  };
}

/**
 * The gap between the moments and soft histograms of synthetic and real points, as a function of the synthetic ones [n,
 * F], their classes one-hot [n, classes], and the weight of each class: see {@link classShares}.
 */
export function momentGap(target: MomentTarget) {
  const { features } = target;
  const { left, right, repeat, edges, bins, first, means } = momentConstants(target);
  return (made: tf.Tensor2D, classes: tf.Tensor2D, shares: tf.Tensor1D): tf.Scalar => {
    const products = tf.mul(tf.matMul(made, left), tf.matMul(made, right));
    const above = tf.sigmoid(tf.sub(tf.matMul(made, repeat), edges)) as tf.Tensor2D;
    const memberships = tf.add(tf.matMul(above, bins), first);
    const one = 1 / Math.sqrt(features);
    const phi = tf.concat2d(
      [tf.mul(made, one), tf.mul(products, 1 / features), tf.mul(memberships, one)] as tf.Tensor2D[],
      1,
    );
    const d = tf.sub(phi, tf.matMul(classes, means)) as tf.Tensor2D;
    const total: tf.Tensor2D = tf.matMul(classes, d, true);
    const own: tf.Tensor2D = tf.matMul(classes, tf.sum(tf.square(d), 1, true) as tf.Tensor2D, true);
    const squares = tf.sub(tf.sum(tf.square(total), 1), tf.reshape(own, [own.size]));
    return tf.sum(tf.mul(squares, shares));
  };
}

/** 1/((n_c − 1) n) for each class with a mean and at least two points among `labels`; 0 for others. */
export function classShares({ means }: MomentTarget, labels: Int32Array): Float32Array {
  const counts = new Float64Array(means.length);
  for (const label of labels) counts[label]++;
  return Float32Array.from(counts, (count, c) => (means[c] && count > 1 ? 1 / ((count - 1) * labels.length) : 0));
}
