import * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, hasKernel, registerHeapKernel, runKernel } from './heap-kernel.ts';

const FORWARD = 'HeapBatchStd';
const GRADIENT = 'HeapBatchStdGrad';
const CURVATURE = 'HeapBatchStdCurvature';

interface ColumnMoments {
  readonly mean: Float64Array;
  /** √(variance + ε), of each column. */
  readonly deviation: Float64Array;
}

function columnMoments(x: Float32Array, rows: number, columns: number, epsilon: number): ColumnMoments {
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  // One pass in float64, which is accurate enough for the difference of squares of float32 values below.
  for (let at = 0; at < rows * columns; at += columns) {
    for (let j = 0; j < columns; j++) {
      const value = x[at + j];
      mean[j] += value;
      deviation[j] += value * value;
    }
  }
  for (let j = 0; j < columns; j++) {
    mean[j] /= rows;
    deviation[j] = Math.sqrt(Math.max(0, deviation[j] / rows - mean[j] * mean[j]) + epsilon);
  }
  return { mean, deviation };
}

/** Registers s(x), ∇s(x) and the product of s's Hessian with a tensor, in closed form. */
export function registerBatchStdKernels(backendName: HeapBackendName): void {
  registerHeapKernel(backendName, {
    name: FORWARD,
    shapes: () => [[]],
    compute: ({ x }, [s], { epsilon }, infos) => {
      const [rows, columns] = infos.x.shape;
      const { deviation } = columnMoments(x, rows, columns, epsilon as number);
      s[0] = deviation.reduce((sum, value) => sum + value, 0) / columns;
    },
  });
  registerHeapKernel(backendName, {
    name: GRADIENT,
    shapes: ({ x }) => [x.shape],
    compute: ({ x }, [gradient], { epsilon }, infos) => {
      const [rows, columns] = infos.x.shape;
      const { mean, deviation } = columnMoments(x, rows, columns, epsilon as number);
      const factor = deviation.map((value) => 1 / (rows * columns * value));
      for (let at = 0; at < rows * columns; at += columns) {
        for (let j = 0; j < columns; j++) gradient[at + j] = (x[at + j] - mean[j]) * factor[j];
      }
    },
  });
  registerHeapKernel(backendName, {
    name: CURVATURE,
    shapes: ({ x }) => [x.shape],
    compute: ({ x, u }, [product], { epsilon }, infos) => {
      const [rows, columns] = infos.x.shape;
      const { mean, deviation } = columnMoments(x, rows, columns, epsilon as number);
      const meanU = new Float64Array(columns);
      const correlation = new Float64Array(columns);
      for (let at = 0; at < rows * columns; at += columns) {
        for (let j = 0; j < columns; j++) {
          meanU[j] += u[at + j];
          correlation[j] += u[at + j] * (x[at + j] - mean[j]);
        }
      }
      const factor = deviation.map((value) => 1 / (rows * columns * value));
      for (let j = 0; j < columns; j++) {
        meanU[j] /= rows;
        correlation[j] /= rows * deviation[j] * deviation[j];
      }
      for (let at = 0; at < rows * columns; at += columns) {
        for (let j = 0; j < columns; j++) {
          product[at + j] = (u[at + j] - meanU[j] - (x[at + j] - mean[j]) * correlation[j]) * factor[j];
        }
      }
    },
  });
}

tf.registerGradient({
  kernelName: FORWARD,
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => ({
    x: () => tf.mul(runKernel(GRADIENT, { x }, attributes as { epsilon: number }), dy as tf.Tensor),
  }),
});

tf.registerGradient({
  kernelName: GRADIENT,
  inputsToSave: ['x'],
  gradFunc: (u, [x], attributes) => ({
    x: () => runKernel(CURVATURE, { x, u: u as tf.Tensor }, attributes as { epsilon: number }),
  }),
});

/**
 * Standard deviation of a batch: s(x) = mean_j √(var_i x_ij + ε), a scalar, of `x` [rows, columns], with the biased
 * variance. The statistic of minibatch standard deviation (Karras et al., 2018, section 3); ε keeps its gradient finite
 * on a collapsed batch. Differentiable twice; a third derivative throws.
 */
export function batchStd(x: tf.Tensor2D, epsilon = 1e-8): tf.Scalar {
  if (hasKernel(FORWARD)) return runKernel(FORWARD, { x }, { epsilon }) as tf.Scalar;
  const centered = tf.sub(x, tf.mean(x, 0, true));
  return tf.mean(tf.sqrt(tf.add(tf.mean(tf.square(centered), 0), epsilon))) as tf.Scalar;
}
