import * as tf from '@tensorflow/tfjs-core';
import { CONV1D, CONV1D_FILTER, CONV1D_INPUT } from '../kernels/conv1d-kernels.ts';
import { hasKernel, runKernel } from '../kernels/heap-kernel.ts';
import { heNormal } from './initializers.ts';
import type { ParameterSpec } from './parameters.ts';
import type { RandomSource } from './random-source.ts';

const onInput = (dy: tf.Tensor, w: tf.Tensor) => runKernel(CONV1D_INPUT, { dy, w });
const onFilter = (x: tf.Tensor, dy: tf.Tensor, { shape: [kernel, inputs] }: tf.Tensor) =>
  runKernel(CONV1D_FILTER, { x, dy }, { kernel: kernel as number, inputs: inputs as number });

tf.registerGradient({
  kernelName: CONV1D,
  inputsToSave: ['x', 'w'],
  gradFunc: (dy, [x, w]) => ({
    x: () => onInput(dy as tf.Tensor, w),
    w: () => onFilter(x, dy as tf.Tensor, w),
  }),
});

tf.registerGradient({
  kernelName: CONV1D_INPUT,
  inputsToSave: ['dy', 'w'],
  gradFunc: (ddx, [dy, w]) => ({
    dy: () => runKernel(CONV1D, { x: ddx as tf.Tensor, w }),
    w: () => onFilter(ddx as tf.Tensor, dy, w),
  }),
});

tf.registerGradient({
  kernelName: CONV1D_FILTER,
  inputsToSave: ['x', 'dy'],
  gradFunc: (ddw, [x, dy]) => ({
    x: () => onInput(dy, ddw as tf.Tensor),
    dy: () => runKernel(CONV1D, { x, w: ddw as tf.Tensor }),
  }),
});

/**
 * Convolution over the middle axis with stride 1 and zero padding: `x` [batch, length, in], `w` [kernel, in, out] →
 * [batch, length, out]. Or, with the last two axes merged: [batch, length·in] → [batch, length·out], which avoids
 * reshapes between layers. Differentiable any number of times.
 */
export function conv1d<T extends tf.Tensor2D | tf.Tensor3D>(x: T, w: tf.Tensor3D): T {
  if (hasKernel(CONV1D)) return runKernel(CONV1D, { x, w }) as T;
  const [, inputs, outputs] = w.shape;
  const batch = x.shape[0];
  const length = x.size / (batch * inputs);
  const out = tf.conv1d(tf.reshape(x, [batch, length, inputs]) as tf.Tensor3D, w, 1, 'same');
  return x.rank === 2 ? (tf.reshape(out, [batch, length * outputs]) as T) : (out as T);
}

/** The parameters `<name>.w` [kernel, inputs, outputs] (He's normal) and `<name>.b` [outputs] (zeros) of a convolution. */
export function conv1dParameters(
  name: string,
  random: RandomSource,
  kernel: number,
  inputs: number,
  outputs: number,
): ParameterSpec[] {
  const fanIn = kernel * inputs;
  return [
    { name: `${name}.w`, shape: [kernel, inputs, outputs], values: heNormal(random, fanIn, fanIn * outputs) },
    { name: `${name}.b`, shape: [outputs], values: new Float32Array(outputs) },
  ];
}
