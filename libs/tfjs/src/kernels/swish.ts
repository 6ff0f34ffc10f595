import * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, hasKernel, registerHeapKernel, runKernel } from './heap-kernel.ts';

const FORWARD = 'HeapSwish';
const GRADIENT = 'HeapSwishGrad';

/** Registers swish and its gradient as one kernel each. */
export function registerSwishKernels(backendName: HeapBackendName): void {
  registerHeapKernel(backendName, {
    name: FORWARD,
    shapes: ({ x }) => [x.shape],
    compute: ({ x }, [y]) => {
      for (let i = 0; i < x.length; i++) y[i] = x[i] / (1 + Math.exp(-x[i]));
    },
  });
  registerHeapKernel(backendName, {
    name: GRADIENT,
    shapes: ({ x }) => [x.shape],
    compute: ({ x, dy }, [dx]) => {
      for (let i = 0; i < x.length; i++) {
        const s = 1 / (1 + Math.exp(-x[i]));
        dx[i] = dy[i] * s * (1 + x[i] * (1 - s));
      }
    },
  });
}

/** swish''(x) = s·(1 − s)·(2 + x·(1 − 2s)) with s = sigmoid(x). */
function curvature(x: tf.Tensor): tf.Tensor {
  const s = tf.sigmoid(x);
  return tf.mul(tf.mul(s, tf.sub(1, s)), tf.add(2, tf.mul(x, tf.sub(1, tf.mul(s, 2)))));
}

tf.registerGradient({
  kernelName: FORWARD,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => runKernel(GRADIENT, { x, dy: dy as tf.Tensor }) }),
});

tf.registerGradient({
  kernelName: GRADIENT,
  inputsToSave: ['x', 'dy'],
  gradFunc: (ddx, [x, dy]) => ({
    dy: () => runKernel(GRADIENT, { x, dy: ddx as tf.Tensor }),
    x: () => tf.mul(tf.mul(ddx as tf.Tensor, dy), curvature(x)),
  }),
});

/** x·sigmoid(x) (Ramachandran et al., 2017), elementwise; one kernel forward and one back. */
export function swish<T extends tf.Tensor>(x: T): T {
  if (hasKernel(FORWARD)) return runKernel(FORWARD, { x }) as T;
  return tf.mul(x, tf.sigmoid(x));
}
