import type * as tf from '@tensorflow/tfjs-core';
import type { Graph, GraphType, Value } from './graph.ts';

/** Interface of the active trace for kernels and host inputs. */
export interface ActiveTrace {
  readonly graph: Graph;
  /** Names of the kernels that were called, in order. */
  readonly calls: string[];
  /** A constant from JavaScript; the numbers are copied. */
  constant(numbers: tf.TypedArray | number[], shape: readonly number[], dtype: GraphType): Value;
  /** An input of the graph that is drawn for each call. */
  host(shape: readonly number[], dtype: GraphType, draw: () => ArrayLike<number> | number): tf.Tensor;
  /** The value of a tensor in the graph. */
  lookup(tensor: tf.TensorInfo): Value;
}
