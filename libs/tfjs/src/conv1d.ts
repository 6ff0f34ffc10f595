import type { Random } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { CONV1D, CONV1D_FILTER, CONV1D_INPUT } from './conv1d-kernels.ts';
import { hasKernel, runKernel } from './heap-kernel.ts';
import { heNormal } from './initializers.ts';
import type { ParameterSpec } from './parameters.ts';

const onInput = (dy: tf.Tensor, w: tf.Tensor) => runKernel(CONV1D_INPUT, { dy, w });
const onFilter = (x: tf.Tensor, dy: tf.Tensor, kernel: number) => runKernel(CONV1D_FILTER, { x, dy }, { kernel });

tf.registerGradient({
  kernelName: CONV1D,
  inputsToSave: ['x', 'w'],
  gradFunc: (dy, [x, w]) => ({
    x: () => onInput(dy as tf.Tensor, w),
    w: () => onFilter(x, dy as tf.Tensor, w.shape[0]),
  }),
});

tf.registerGradient({
  kernelName: CONV1D_INPUT,
  inputsToSave: ['dy', 'w'],
  gradFunc: (ddx, [dy, w]) => ({
    dy: () => runKernel(CONV1D, { x: ddx as tf.Tensor, w }),
    w: () => onFilter(ddx as tf.Tensor, dy, w.shape[0]),
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
 * [batch, length, out]. Differentiable any number of times.
 */
export function conv1d(x: tf.Tensor3D, w: tf.Tensor3D): tf.Tensor3D {
  if (hasKernel(CONV1D)) return runKernel(CONV1D, { x, w }) as tf.Tensor3D;
  return tf.conv1d(x, w, 1, 'same');
}

/** The parameters `<name>.w` [kernel, inputs, outputs] (He's normal) and `<name>.b` [outputs] (zeros) of a convolution. */
export function conv1dParameters(
  name: string,
  random: Random,
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
