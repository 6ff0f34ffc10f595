import * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, hasKernel, registerHeapKernel, runKernel } from './heap-kernel.ts';

const MEAN_SOFTPLUS = 'HeapMeanSoftplus';
const MEAN_SOFTPLUS_GRADIENT = 'HeapMeanSoftplusGrad';
const SUM_SQUARES = 'HeapSumSquares';

/** Registers the scalars that losses consist of: the gradient of a stock mean alone takes four kernels. */
export function registerReductionKernels(backendName: HeapBackendName): void {
  registerHeapKernel(backendName, {
    name: MEAN_SOFTPLUS,
    shapes: () => [[]],
    compute: ({ x }, [out], { sign }) => {
      let sum = 0;
      for (let i = 0; i < x.length; i++) {
        const u = (sign as number) * x[i];
        sum += Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)));
      }
      out[0] = sum / x.length;
    },
  });
  registerHeapKernel(backendName, {
    name: MEAN_SOFTPLUS_GRADIENT,
    shapes: ({ x }) => [x.shape],
    compute: ({ x, dy }, [dx], { sign }) => {
      const factor = ((sign as number) * dy[0]) / x.length;
      for (let i = 0; i < x.length; i++) dx[i] = factor / (1 + Math.exp(-(sign as number) * x[i]));
    },
  });
  registerHeapKernel(backendName, {
    name: SUM_SQUARES,
    shapes: () => [[]],
    compute: ({ x }, [out]) => {
      let sum = 0;
      for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
      out[0] = sum;
    },
  });
}

type Signed = { sign: 1 | -1 };

tf.registerGradient({
  kernelName: MEAN_SOFTPLUS,
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => ({
    x: () => runKernel(MEAN_SOFTPLUS_GRADIENT, { x, dy: dy as tf.Tensor }, attributes as Signed),
  }),
});

tf.registerGradient({
  kernelName: MEAN_SOFTPLUS_GRADIENT,
  inputsToSave: ['x', 'dy'],
  gradFunc: (ddx, [x, dy], attributes) => {
    const { sign } = attributes as Signed;
    const probability = () => tf.sigmoid(tf.mul(x, sign));
    return {
      x: () => {
        const p = probability();
        return tf.mul(tf.mul(tf.mul(p, tf.sub(1, p)), ddx as tf.Tensor), tf.div(dy, x.size));
      },
      dy: () => tf.reshape(tf.mul(tf.sum(tf.mul(probability(), ddx as tf.Tensor)), sign / x.size), []),
    };
  },
});

tf.registerGradient({
  kernelName: SUM_SQUARES,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => tf.mul(x, tf.mul(dy as tf.Tensor, 2)) }),
});

/**
 * mean softplus(sign·x) = −mean log sigmoid(−sign·x): the logistic loss of logits. A scalar, correct to second order.
 */
export function meanSoftplus(x: tf.Tensor, sign: 1 | -1): tf.Scalar {
  if (hasKernel(MEAN_SOFTPLUS)) return runKernel(MEAN_SOFTPLUS, { x }, { sign }) as tf.Scalar;
  return tf.mean(tf.softplus(tf.mul(x, sign)));
}

/** Σ x². A scalar, correct to every order. */
export function sumSquares(x: tf.Tensor): tf.Scalar {
  if (hasKernel(SUM_SQUARES)) return runKernel(SUM_SQUARES, { x }) as tf.Scalar;
  return tf.sum(tf.square(x));
}
