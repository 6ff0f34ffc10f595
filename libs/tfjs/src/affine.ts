import * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, hasKernel, registerHeapKernel, runKernel } from './heap-kernel.ts';
import { columnSum } from './leaky-relu.ts';

const ADD_BIAS = 'QloomAddBias';

/** Registers the sum of rows and a bias. */
export function registerAffineKernels(backendName: HeapBackendName): void {
  registerHeapKernel(backendName, {
    name: ADD_BIAS,
    shapes: ({ x }) => [x.shape],
    compute: ({ x, bias }, [y]) => {
      const width = bias.length;
      for (let start = 0; start < x.length; start += width) {
        for (let j = 0; j < width; j++) y[start + j] = x[start + j] + bias[j];
      }
    },
  });
}

tf.registerGradient({
  kernelName: ADD_BIAS,
  gradFunc: (dy) => ({ x: () => dy as tf.Tensor, bias: () => columnSum(dy as tf.Tensor) }),
});

/** x + bias: `x` […, n], `bias` [n]. */
export function addBias<T extends tf.Tensor>(x: T, bias: tf.Tensor): T {
  if (hasKernel(ADD_BIAS)) return runKernel(ADD_BIAS, { x, bias }) as T;
  return tf.add(x, bias);
}

/** x·w + bias: `x` [rows, in], `w` [in, out], `bias` [out]. */
export function affine(x: tf.Tensor2D, w: tf.Tensor2D, bias: tf.Tensor): tf.Tensor2D {
  return addBias(tf.matMul(x, w), bias);
}
