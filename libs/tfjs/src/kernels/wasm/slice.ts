import * as tf from '@tensorflow/tfjs-core';
import { heapOf, replaceKernel } from '../heap-kernel.ts';

/**
 * Replaces Slice for float32 of one axis. The stock kernel copies the whole input out of the heap for each part, so
 * that the cost for the many parts of a flat state is quadratic in its size.
 */
export function registerWasmSlice(): void {
  const stock = tf.getKernel('Slice', 'wasm')?.kernelFunc;
  if (!stock) throw new Error('the WebAssembly backend has no kernel Slice: is tfjs 4.22.0 installed?');
  replaceKernel('Slice', 'wasm', ({ inputs, backend, attrs }) => {
    const x = inputs.x as tf.TensorInfo;
    if (x.dtype !== 'float32' || x.shape.length !== 1) return stock({ inputs, backend, attrs });
    const { begin, size } = attrs as unknown as { begin: number | number[]; size: number | number[] };
    const [[from], [count]] = tf.slice_util.parseSliceParams({ shape: x.shape } as tf.Tensor, begin, size);
    const heap = heapOf('wasm', backend);
    const out = heap.allocate([count]);
    heap.memory(out).set(heap.memory(x).subarray(from, from + count));
    return out;
  });
}
