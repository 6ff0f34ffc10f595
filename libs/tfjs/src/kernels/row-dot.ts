import * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, hasKernel, registerHeapKernel, runKernel } from './heap-kernel.ts';

const ROW_DOT = 'HeapRowDot';
const SCALE_ROWS = 'HeapScaleRows';

/** Registers d_i = Σ_j a_ij b_ij and y_ij = s_i a_ij. */
export function registerRowDotKernels(backendName: HeapBackendName): void {
  registerHeapKernel(backendName, {
    name: ROW_DOT,
    shapes: ({ a }) => [[a.shape[0]]],
    compute: ({ a, b }, [out]) => {
      const width = a.length / out.length;
      for (let i = 0, o = 0; i < out.length; i++) {
        let sum = 0;
        for (let j = 0; j < width; j++, o++) sum += a[o] * b[o];
        out[i] = sum;
      }
    },
  });
  registerHeapKernel(backendName, {
    name: SCALE_ROWS,
    shapes: ({ a }) => [a.shape],
    compute: ({ a, s }, [out]) => {
      const width = a.length / s.length;
      for (let i = 0, o = 0; i < s.length; i++) {
        const factor = s[i];
        for (let j = 0; j < width; j++, o++) out[o] = factor * a[o];
      }
    },
  });
}

const dot = (a: tf.Tensor, b: tf.Tensor) => runKernel(ROW_DOT, { a, b });
const scale = (a: tf.Tensor, s: tf.Tensor) => runKernel(SCALE_ROWS, { a, s });

tf.registerGradient({
  kernelName: ROW_DOT,
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => ({ a: () => scale(b, dy as tf.Tensor), b: () => scale(a, dy as tf.Tensor) }),
});

tf.registerGradient({
  kernelName: SCALE_ROWS,
  inputsToSave: ['a', 's'],
  gradFunc: (dy, [a, s]) => ({ a: () => scale(dy as tf.Tensor, s), s: () => dot(dy as tf.Tensor, a) }),
});

/** Inner products of corresponding rows: two [rows, n] → [rows]. Differentiable any number of times. */
export function rowDot(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor1D {
  if (hasKernel(ROW_DOT)) return dot(a, b) as tf.Tensor1D;
  return tf.sum(tf.mul(a, b), 1);
}
