import * as tf from '@tensorflow/tfjs-core';
import { replaceKernel } from '../heap-kernel.ts';

interface Disposing {
  disposeData(dataId: object): boolean;
}

type KernelFunction = tf.KernelConfig['kernelFunc'];

function stockKernel(name: string): KernelFunction {
  const kernel = tf.getKernel(name, 'wasm');
  if (!kernel) throw new Error(`the WebAssembly backend has no kernel ${name}: is tfjs 4.22.0 installed?`);
  return kernel.kernelFunc;
}

/** The last two axes exchanged. */
function transposeLast(transpose: KernelFunction, backend: object, x: tf.TensorInfo): tf.TensorInfo {
  const rank = x.shape.length;
  const perm = x.shape.map((_, i) => i);
  perm[rank - 1] = rank - 2;
  perm[rank - 2] = rank - 1;
  const attrs = { perm } as unknown as tf.NamedAttrMap;
  return transpose({ inputs: { x }, backend, attrs }) as tf.TensorInfo;
}

/**
 * Replaces BatchMatMul and the fused product. With a transposed operand the stock kernels leave XNNPACK for a scalar
 * loop (5 to 10 times slower), and the fused one with bias and transposeB is wrong for inner dimensions above 48: here
 * a transposed operand is transposed first, so that both stock kernels get only plain ones.
 */
export function registerWasmMatMul(): void {
  const transpose = stockKernel('Transpose');
  for (const name of ['BatchMatMul', '_FusedMatMul']) {
    const stock = stockKernel(name);
    replaceKernel(name, 'wasm', ({ inputs, backend, attrs }) => {
      const { transposeA, transposeB } = attrs as { transposeA?: boolean; transposeB?: boolean };
      if (!transposeA && !transposeB) return stock({ inputs, backend, attrs });
      const given = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const a = transposeA ? transposeLast(transpose, backend, given.a) : given.a;
      const b = transposeB ? transposeLast(transpose, backend, given.b) : given.b;
      const plain = { ...attrs, transposeA: false, transposeB: false };
      const out = stock({ inputs: { ...inputs, a, b }, backend, attrs: plain });
      if (transposeA) (backend as Disposing).disposeData(a.dataId);
      if (transposeB) (backend as Disposing).disposeData(b.dataId);
      return out;
    });
  }
}
