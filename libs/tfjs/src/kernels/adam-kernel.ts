import type * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, heapOf, replaceKernel } from './heap-kernel.ts';

/** Name of the fused update: inputs p0 … pn−1, g0 … gn−1, m, v; outputs the new parameters; m and v are updated in place. */
export const ADAM_KERNEL = 'HeapAdam';

/** Attributes of {@link ADAM_KERNEL}: the bias corrections are folded into `stepSize` and `epsilonHat` (Kingma and Ba, 2015, section 2). */
export interface AdamKernelAttributes {
  readonly count: number;
  readonly stepSize: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilonHat: number;
}

/**
 * Registers the whole optimizer step as one kernel. The parameters get new tensors: XNNPACK caches packed weights by
 * the tensor's id, so weights must never change in place.
 */
export function registerAdamKernel(backendName: HeapBackendName): void {
  replaceKernel(ADAM_KERNEL, backendName, ({ inputs, backend, attrs }) => {
    const { count, stepSize, beta1, beta2, epsilonHat } = attrs as unknown as AdamKernelAttributes;
    const heap = heapOf(backendName, backend);
    const infos = inputs as unknown as Record<string, tf.TensorInfo>;
    const outputs: tf.TensorInfo[] = [];
    for (let i = 0; i < count; i++) outputs.push(heap.allocate(infos[`p${i}`].shape));
    const m = heap.memory(infos.m);
    const v = heap.memory(infos.v);
    let offset = 0;
    for (let i = 0; i < count; i++) {
      const parameter = heap.memory(infos[`p${i}`]);
      const gradient = heap.memory(infos[`g${i}`]);
      const updated = heap.memory(outputs[i]);
      for (let j = 0; j < parameter.length; j++, offset++) {
        const g = gradient[j];
        const first = beta1 * m[offset] + (1 - beta1) * g;
        const second = beta2 * v[offset] + (1 - beta2) * g * g;
        m[offset] = first;
        v[offset] = second;
        updated[j] = parameter[j] - (stepSize * first) / (Math.sqrt(second) + epsilonHat);
      }
    }
    return outputs;
  });
}

/** Name of the moving average's kernel: inputs p0 … pn−1 and `average`, which is updated in place; no outputs. */
export const EMA_KERNEL = 'HeapEma';

/** Registers the moving average of all parameters as one kernel. */
export function registerEmaKernel(backendName: HeapBackendName): void {
  replaceKernel(EMA_KERNEL, backendName, ({ inputs, backend, attrs }) => {
    const { count, decay } = attrs as { count: number; decay: number };
    const heap = heapOf(backendName, backend);
    const infos = inputs as unknown as Record<string, tf.TensorInfo>;
    const average = heap.memory(infos.average);
    let offset = 0;
    for (let i = 0; i < count; i++) {
      for (const value of heap.memory(infos[`p${i}`])) {
        average[offset] = decay * average[offset] + (1 - decay) * value;
        offset++;
      }
    }
    return [];
  });
}
