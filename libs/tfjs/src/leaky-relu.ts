import * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, hasKernel, registerHeapKernel, runKernel } from './heap-kernel.ts';
import { stopGradient } from './stop-gradient.ts';

const FORWARD = 'QloomBiasLeakyRelu';
const BACKWARD = 'QloomLeakyReluGrad';
const COLUMN_SUM = 'QloomColumnSum';

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
      const slope = alpha as number;
      for (let i = 0; i < dy.length; i++) dx[i] = gate[i] > 0 ? dy[i] : slope * dy[i];
    },
  });
  registerHeapKernel(backendName, {
    name: COLUMN_SUM,
    shapes: ({ x }) => [[x.shape[x.shape.length - 1]]],
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
    const dx = leakyReluGradient(dy as tf.Tensor, y, (attributes as { alpha: number }).alpha);
    return { x: () => dx, bias: () => columnSum(dx) };
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
  gradFunc: (dy, [x]) => ({ x: () => tf.add(tf.zerosLike(x), dy as tf.Tensor) }),
});

/** The sum over all axes but the last: shape […, n] → [n]. */
export function columnSum(x: tf.Tensor): tf.Tensor {
  if (hasKernel(COLUMN_SUM)) return runKernel(COLUMN_SUM, { x });
  const axes = x.shape.slice(0, -1).map((_, i) => i);
  return axes.length > 0 ? tf.sum(x, axes) : x;
}

/**
 * max(u, alpha·u) with u = x + bias: `x` […, n], `bias` [n]. One kernel forward and one or two back, right to second order.
 * Throws RangeError unless 0 < alpha < 1.
 */
export function biasLeakyRelu(x: tf.Tensor, bias: tf.Tensor, alpha = 0.2): tf.Tensor {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`biasLeakyRelu: alpha ${alpha} is not between 0 and 1`);
  if (hasKernel(FORWARD)) return runKernel(FORWARD, { x, bias }, { alpha });
  return tf.leakyRelu(tf.add(x, bias), alpha);
}
