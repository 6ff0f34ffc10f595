import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Value } from '../tracing/graph.ts';

/** Inputs of a kernel, by TensorFlow.js's names; lists are numbered. */
export type KernelInputs = Readonly<Record<string, Value>>;

/**
 * Implementation of a TensorFlow.js kernel in a graph: its outputs from its inputs and attributes, which have
 * TensorFlow.js's names. Undefined if the attributes have no counterpart.
 */
export type Kernel<Attributes = object> = {
  map(g: Graph, inputs: KernelInputs, attributes: Attributes): Value | readonly Value[] | undefined;
}['map'];

/** Kernels by name. */
export type KernelTable = Readonly<Record<string, Kernel>>;

/** Axes as TensorFlow.js gives them (none: all; negative: from the end), as numbers from 0. */
export function axesOf(axis: number | readonly number[] | null | undefined, { shape }: Value): number[] {
  return tf.util.parseAxisParam((axis ?? shape.map((_, i) => i)) as number | number[], [...shape]);
}

/** One axis. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
