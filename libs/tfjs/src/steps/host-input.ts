import * as tf from '@tensorflow/tfjs-core';
import { currentTrace } from '../compile/tracing/symbolic-backend.ts';

/**
 * Numbers computed in JavaScript: random draws, a count of steps, a schedule. In an eager function it is a tensor of
 * the result of `draw`; in a compiled one it is an input, for which `draw` is called once per call of the compiled
 * function (and not while it is traced). `draw` returns as many numbers as `shape` has elements; a number for a scalar.
 *
 * @example const step = compile((x: tf.Tensor2D) => loss(x, hostInput([64, 8], () => random.normals(64 * 8))));
 */
export function hostInput<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  draw: () => ArrayLike<number> | number,
  dtype: 'float32' | 'int32' = 'float32',
): tf.Tensor<R> {
  const trace = currentTrace();
  if (trace) return trace.host(shape, dtype, draw) as tf.Tensor<R>;
  const drawn = draw();
  return tf.tensor(typeof drawn === 'number' ? [drawn] : Array.from(drawn), shape, dtype);
}
