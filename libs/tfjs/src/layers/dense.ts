import type * as tf from '@tensorflow/tfjs-core';
import { affine } from '../kernels/affine.ts';
import type { Weights } from '../steps/flat-state.ts';
import { glorotNormal, heNormal } from './initializers.ts';
import type { ParameterSpec } from './parameters.ts';
import type { RandomSource } from './random-source.ts';

/** Initialization of weights: for layers before a ReLU, before tanh or no activation, or all zero. */
export type Initializer = 'he' | 'glorot' | 'zeros';

/** The parameters `<name>.w` [inputs, outputs] and `<name>.b` [outputs] (zeros) of a dense layer. */
export function denseParameters(
  name: string,
  random: RandomSource,
  inputs: number,
  outputs: number,
  initializer: Initializer = 'he',
): ParameterSpec[] {
  const count = inputs * outputs;
  const values = {
    he: () => heNormal(random, inputs, count),
    glorot: () => glorotNormal(random, inputs, outputs, count),
    zeros: () => new Float32Array(count),
  }[initializer]();
  return [
    { name: `${name}.w`, shape: [inputs, outputs], values },
    { name: `${name}.b`, shape: [outputs], values: new Float32Array(outputs) },
  ];
}

/** x·w + b with the parameters of {@link denseParameters}: `x` [rows, inputs] → [rows, outputs]. */
export function dense(parameters: Weights, name: string, x: tf.Tensor2D): tf.Tensor2D {
  return affine(x, parameters.get(`${name}.w`) as tf.Tensor2D, parameters.get(`${name}.b`));
}
