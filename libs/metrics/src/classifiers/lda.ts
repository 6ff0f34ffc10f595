import { standardize } from '@qloom/datasets/preprocessing/standardizer.ts';
import { classMoments } from '@qloom/datasets/prior/within-class-covariance.ts';
import type { Steps } from '@qloom/datasets/split/turns.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { factorPositive, solveFactored } from '../solve-positive.ts';
import type { SoftmaxNetwork } from './softmax-network.ts';
import type { TrainingSample } from './training-sample.ts';

/** Added to the covariance, relative to its mean variance: directions in which no class varies stay solvable. */
const RIDGE = 1e-6;

/**
 * Linear discriminant analysis: Gaussian classes with a common covariance P, the pooled covariance within classes of
 * `classMoments` (Ledoit–Wolf), in standardized features, and the frequencies π_c of the classes:
 *
 *     ln p(c|x) = m_cᵀP⁻¹x − ½·m_cᵀP⁻¹m_c + ln π_c + constant.
 *
 * Where no row varies, P is the identity, the rule of the nearest mean.
 */
export function* fitLda({ points, present, standardizer }: TrainingSample): Steps<SoftmaxNetwork> {
  const { features, classes } = points;
  const { means, covariance } = classMoments(standardize(standardizer, points));
  yield;
  const counts = classCounts(points);
  const factor = solvable(covariance, features);
  factorPositive(factor, features);
  const weights = new Float64Array(present.length * features);
  const biases = new Float64Array(present.length);
  yield;
  for (const [k, label] of present.entries()) {
    const mean = means[label] as Float64Array;
    const direction = mean.slice();
    solveFactored(factor, direction, features);
    weights.set(direction, k * features);
    biases[k] = Math.log(counts[label] / points.count);
    for (let j = 0; j < features; j++) biases[k] -= 0.5 * mean[j] * direction[j];
  }
  const layer = { inputs: features, outputs: present.length, weights, biases };
  return { classes, present, standardizer, layers: [layer] };
}

/** P with its ridge; the identity where P is 0. */
function solvable(covariance: Float64Array, features: number): Float64Array {
  let trace = 0;
  for (let j = 0; j < features; j++) trace += covariance[j * features + j];
  const out = covariance.slice();
  const added = trace > 0 ? (RIDGE * trace) / features : 1;
  for (let j = 0; j < features; j++) out[j * features + j] += added;
  return out;
}
