import * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, hasKernel, registerHeapKernel, runKernel } from './heap-kernel.ts';
import { columnSum } from './leaky-relu.ts';

const ADD_BIAS = 'HeapAddBias';

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
  gradFunc: (dy, _saved, attributes) => ({
    x: () => dy as tf.Tensor,
    bias: () => columnSum(dy as tf.Tensor, (attributes as { width: number }).width),
  }),
});

/** x + bias: `x` […, n], `bias` [n] or, repeated along the last axis, [n/k]. */
export function addBias<T extends tf.Tensor>(x: T, bias: tf.Tensor): T {
  if (hasKernel(ADD_BIAS)) return runKernel(ADD_BIAS, { x, bias }, { width: bias.size }) as T;
  return tf.reshape(tf.add(tf.reshape(x, [x.size / bias.size, bias.size]), bias), x.shape) as T;
}

/** x·w + bias: `x` [rows, in], `w` [in, out], `bias` [out]. */
export function affine(x: tf.Tensor2D, w: tf.Tensor2D, bias: tf.Tensor): tf.Tensor2D {
  return addBias(tf.matMul(x, w), bias);
}
