import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '../layers/stop-gradient.ts';
import { type HeapBackendName, hasKernel, registerHeapKernel, runKernel } from './heap-kernel.ts';

const FORWARD = 'HeapBiasLeakyRelu';
const BACKWARD = 'HeapLeakyReluGrad';
const COLUMN_SUM = 'HeapColumnSum';

/** Registers bias + leaky ReLU, its gradient, and the sum over rows that a bias's gradient is. */
export function registerLeakyReluKernels(backendName: HeapBackendName): void {
  registerHeapKernel(backendName, {
    name: FORWARD,
    shapes: ({ x }) => [x.shape],
    compute: ({ x, bias }, [y], { alpha }) => {
      const width = bias.length;
      const slope = alpha as number;
      for (let start = 0; start < x.length; start += width) {
        for (let j = 0; j < width; j++) {
          const u = x[start + j] + bias[j];
          y[start + j] = Math.max(u, slope * u);
        }
      }
    },
  });
  registerHeapKernel(backendName, {
    name: BACKWARD,
    shapes: ({ dy }) => [dy.shape],
    compute: ({ dy, gate }, [dx], { alpha }) => {
      // The sign bit selects the slope, because a branch would be mispredicted half of the time.
      const slopes = Float64Array.of(1, alpha as number);
      const bits = new Int32Array(gate.buffer, gate.byteOffset, gate.length);
      for (let i = 0; i < dy.length; i++) dx[i] = dy[i] * slopes[bits[i] >>> 31];
    },
  });
  registerHeapKernel(backendName, {
    name: COLUMN_SUM,
    shapes: (_inputs, { width }) => [[width as number]],
    compute: ({ x }, [sum]) => {
      const width = sum.length;
      sum.fill(0);
      for (let start = 0; start < x.length; start += width) for (let j = 0; j < width; j++) sum[j] += x[start + j];
    },
  });
}

/** dy where `gate` is positive and alpha·dy elsewhere. Linear in dy; `gate` is a constant to gradients. */
export function leakyReluGradient(dy: tf.Tensor, gate: tf.Tensor, alpha: number): tf.Tensor {
  if (!hasKernel(BACKWARD)) {
    const positive = tf.cast(tf.greater(stopGradient(gate), 0), 'float32');
    return tf.mul(dy, stopGradient(tf.add(tf.mul(positive, 1 - alpha), alpha)));
  }
  return runKernel(BACKWARD, { dy, gate: stopGradient(gate) }, { alpha });
}

tf.registerGradient({
  kernelName: FORWARD,
  outputsToSave: [true],
  gradFunc: (dy, [y], attributes) => {
    // alpha > 0, so the output has the sign of the biased input and serves as the gate.
    const { alpha, width } = attributes as { alpha: number; width: number };
    const dx = leakyReluGradient(dy as tf.Tensor, y, alpha);
    return { x: () => dx, bias: () => columnSum(dx, width) };
  },
});

tf.registerGradient({
  kernelName: BACKWARD,
  inputsToSave: ['gate'],
  gradFunc: (ddx, [gate], attributes) => ({
    dy: () => leakyReluGradient(ddx as tf.Tensor, gate, (attributes as { alpha: number }).alpha),
  }),
});

tf.registerGradient({
  kernelName: COLUMN_SUM,
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => ({
    x: () => {
      const { width } = attributes as { width: number };
      const rows = tf.zeros([x.size / width, width]);
      return tf.reshape(tf.add(rows, dy as tf.Tensor), x.shape);
    },
  }),
});

/** The sum of numbers `width` apart: of […, n] over all axes but the last where `width` is n. Shape [width]. */
export function columnSum(x: tf.Tensor, width = x.shape[x.rank - 1]): tf.Tensor {
  if (hasKernel(COLUMN_SUM)) return runKernel(COLUMN_SUM, { x }, { width });
  return tf.sum(tf.reshape(x, [x.size / width, width]), 0);
}

/**
 * max(u, alpha·u) with u = x + bias: `x` […, n], `bias` [n] or, repeated along the last axis, [n/k]. One kernel forward
 * and one or two back, correct to second order. Throws RangeError unless 0 < alpha < 1.
 */
export function biasLeakyRelu<T extends tf.Tensor>(x: T, bias: tf.Tensor1D, alpha = 0.2): T {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`biasLeakyRelu: alpha ${alpha} is not between 0 and 1`);
  if (hasKernel(FORWARD)) return runKernel(FORWARD, { x, bias }, { alpha, width: bias.size }) as T;
  const rows = tf.reshape(x, [x.size / bias.size, bias.size]);
  return tf.reshape(tf.leakyRelu(tf.add(rows, bias), alpha), x.shape) as T;
}
