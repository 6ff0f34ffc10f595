import type * as tf from '@tensorflow/tfjs-core';
import type { Graph, GraphType, Value } from './graph.ts';

/** What kernels and host inputs need of the trace in progress. */
export interface ActiveTrace {
  readonly graph: Graph;
  /** Names of the kernels that were called, in order. */
  readonly calls: string[];
  /** A constant from JavaScript; the numbers are copied. */
  constant(numbers: tf.TypedArray | number[], shape: readonly number[], dtype: GraphType): Value;
  /** An input of the graph that is drawn anew for each call. */
  host(shape: readonly number[], dtype: GraphType, draw: () => ArrayLike<number> | number): tf.Tensor;
  /** The value that a tensor stands for. */
  lookup(tensor: tf.TensorInfo): Value;
}
