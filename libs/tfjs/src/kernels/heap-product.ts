import * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, heapOf } from './heap-kernel.ts';

/** A [rows, inner] matrix times a [inner, columns] one, as a new tensor of `shape`. Operands are read as flat memory. */
export type Product = (
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  rows: number,
  inner: number,
  columns: number,
  shape: number[],
) => tf.TensorInfo;

/**
 * Below this number of multiplications a plain loop is faster than a call of XNNPACK with its packing (measured on one
 * x86-64 core).
 */
const SMALL_PRODUCT = 16_384;

/** out = a · b in float32, row by row. */
function multiply(a: Float32Array, b: Float32Array, out: Float32Array, inner: number, columns: number): void {
  out.fill(0);
  for (let from = 0, row = 0; row < out.length; row += columns) {
    for (let k = 0; k < inner; k++, from++) {
      const factor = a[from];
      const base = k * columns;
      for (let j = 0; j < columns; j++) out[row + j] += factor * b[base + j];
    }
  }
}

/** The product for kernels of one backend: XNNPACK for large ones on WebAssembly, plain JavaScript otherwise. */
export function createProduct(backendName: HeapBackendName): (backend: object) => Product {
  const matMul = backendName === 'wasm' ? tf.getKernel('BatchMatMul', 'wasm')?.kernelFunc : undefined;
  return (backend) => {
    const heap = heapOf(backendName, backend);
    return (a, b, rows, inner, columns, shape) => {
      if (!matMul || rows * inner * columns <= SMALL_PRODUCT) {
        const out = heap.allocate(shape);
        multiply(heap.memory(a), heap.memory(b), heap.memory(out), inner, columns);
        return out;
      }
      const out = matMul({
        inputs: {
          a: { dataId: a.dataId, dtype: 'float32', shape: [1, rows, inner] },
          b: { dataId: b.dataId, dtype: 'float32', shape: [1, inner, columns] },
        },
        backend,
        attrs: { transposeA: false, transposeB: false },
      }) as tf.TensorInfo;
      return { dataId: out.dataId, shape, dtype: 'float32' };
    };
  };
}
