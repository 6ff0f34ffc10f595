import * as tf from '@tensorflow/tfjs-core';
import { FLAT_ADAM_KERNEL } from '../kernels/flat-kernels.ts';
import { hasKernel } from '../kernels/heap-kernel.ts';

/** Parameters and both moments of Adam, flat, each of the same size. */
export interface FlatAdamState {
  readonly parameters: tf.Tensor1D;
  readonly m: tf.Tensor1D;
  readonly v: tf.Tensor1D;
}

/**
 * Coefficients that change from update to update, with the bias corrections folded in (Kingma and Ba, 2015, section 2),
 * computed in float64: θ ← θ − stepSize·m/(√v + epsilonHat).
 */
export interface AdamCoefficients {
  readonly stepSize: number;
  readonly epsilonHat: number;
}

/** Coefficients of update number `steps`, counted from 1. */
export function adamCoefficients(
  steps: number,
  { learningRate, beta1, beta2, epsilon }: { learningRate: number; beta1: number; beta2: number; epsilon: number },
): AdamCoefficients {
  const secondCorrection = Math.sqrt(1 - beta2 ** steps);
  return {
    stepSize: (learningRate * secondCorrection) / (1 - beta1 ** steps),
    epsilonHat: epsilon * secondCorrection,
  };
}

/**
 * One update as a pure function of the state, for compiled steps, instead of {@link createAdam}'s assignments.
 * `stepSize` and `epsilonHat` are scalars; the decays are constants of the graph.
 */
export function flatAdamUpdate(
  { parameters, m, v }: FlatAdamState,
  gradient: tf.Tensor1D,
  { stepSize, epsilonHat, beta1, beta2 }: { stepSize: tf.Tensor; epsilonHat: tf.Tensor; beta1: number; beta2: number },
): FlatAdamState {
  if (hasKernel(FLAT_ADAM_KERNEL)) {
    const inputs = { parameters, m, v, gradient, stepSize, epsilonHat };
    const outputs = tf.engine().runKernel(FLAT_ADAM_KERNEL, inputs, { beta1, beta2 } as unknown as tf.NamedAttrMap);
    const [next, first, second] = outputs as unknown as tf.Tensor1D[];
    return { parameters: next, m: first, v: second };
  }
  const first = beta1 === 0 ? gradient : (tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)) as tf.Tensor1D);
  const second = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)) as tf.Tensor1D;
  const change = tf.div(tf.mul(first, stepSize), tf.add(tf.sqrt(second), epsilonHat));
  return { parameters: tf.sub(parameters, change), m: first, v: second };
}
