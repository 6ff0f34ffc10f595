import * as tf from '@tensorflow/tfjs-core';

/** A function of tensors of these shapes, filled with normals, that uses one or more kernels. */
export interface KernelCase {
  readonly shapes: readonly (readonly number[])[];
  readonly f: (...x: tf.Tensor[]) => tf.Tensor;
  /** Whether TensorFlow.js differentiates it; default true. */
  readonly gradient?: boolean;
}

/** Cases by name. */
export type KernelCases = Readonly<Record<string, KernelCase>>;

/** Starts a table of cases: those that TensorFlow.js differentiates, and those of which only values are compared. */
export function createCases() {
  const cases: Record<string, KernelCase> = {};
  const adder = (gradient: boolean) => (name: string, shapes: number[][], f: KernelCase['f']) => {
    cases[name] = { shapes, f, gradient };
  };
  return { cases: cases as KernelCases, differentiable: adder(true), valuesOnly: adder(false) };
}

/** A function of one tensor. */
export type Unary = (x: tf.Tensor) => tf.Tensor;

/** Maps normals to numbers above 0. */
export const positive: Unary = (x) => tf.add(tf.square(x), 0.5);

/** Maps normals to (−1, 1). */
export const inside: Unary = (x) => tf.mul(tf.tanh(x), 0.9);

/** A tensor of integers. */
export const int = (values: number[], shape?: number[]) => tf.tensor(values, shape, 'int32');

/** A tensor as float32, so that results of every type are compared alike. */
export const float: Unary = (x) => tf.cast(x, 'float32');
