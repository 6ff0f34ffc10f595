import * as tf from '@tensorflow/tfjs-core';
import { type HeapBackendName, heapOf, registerHeapKernel, replaceKernel } from './heap-kernel.ts';

/** Cuts `flat` into tensors of the shapes in `shapes`, one after the other: as many outputs. */
export const SPLIT_FLAT_KERNEL = 'HeapSplitFlat';
/** The inverse: inputs t0 … tn−1 of the shapes in `shapes`; output of one axis. */
export const JOIN_FLAT_KERNEL = 'HeapJoinFlat';
/**
 * An update by Adam: inputs parameters, m, v, gradient, stepSize (one number, or one per parameter) and epsilonHat;
 * outputs: new values of the first three.
 */
export const FLAT_ADAM_KERNEL = 'HeapFlatAdam';

/**
 * Registers kernels for steps on flat states, each of which replaces dozens of stock kernels. WebAssembly's own Slice
 * copies the whole input for each part of it.
 */
export function registerFlatKernels(backendName: HeapBackendName): void {
  replaceKernel(SPLIT_FLAT_KERNEL, backendName, ({ inputs, backend, attrs }) => {
    const { shapes } = attrs as unknown as { shapes: number[][] };
    const heap = heapOf(backendName, backend);
    const outputs = shapes.map((shape) => heap.allocate(shape));
    const flat = heap.memory(inputs.flat as tf.TensorInfo);
    let offset = 0;
    for (const output of outputs) {
      const part = heap.memory(output);
      part.set(flat.subarray(offset, offset + part.length));
      offset += part.length;
    }
    return outputs;
  });
  replaceKernel(JOIN_FLAT_KERNEL, backendName, ({ inputs, backend, attrs }) => {
    const { shapes } = attrs as unknown as { shapes: number[][] };
    const heap = heapOf(backendName, backend);
    const parts = shapes.map((_, i) => inputs[`t${i}`] as tf.TensorInfo);
    const output = heap.allocate([shapes.reduce((sum, shape) => sum + tf.util.sizeFromShape(shape), 0)]);
    const flat = heap.memory(output);
    let offset = 0;
    for (const part of parts) {
      const values = heap.memory(part);
      flat.set(values, offset);
      offset += values.length;
    }
    return output;
  });
  registerHeapKernel(backendName, {
    name: FLAT_ADAM_KERNEL,
    shapes: ({ parameters, m, v }) => [parameters.shape, m.shape, v.shape],
    compute: (given, [nextParameters, nextM, nextV], attributes) => {
      const { parameters, m, v, gradient, stepSize, epsilonHat } = given;
      const { beta1, beta2 } = attributes as { beta1: number; beta2: number };
      const epsilon = epsilonHat[0];
      const same = stepSize.length === 1;
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i];
        const first = beta1 * m[i] + (1 - beta1) * g;
        const second = beta2 * v[i] + (1 - beta2) * g * g;
        nextM[i] = first;
        nextV[i] = second;
        nextParameters[i] =
          parameters[i] - ((same ? stepSize[0] : stepSize[i]) * first) / (Math.sqrt(second) + epsilon);
      }
    },
  });
}

tf.registerGradient({
  kernelName: SPLIT_FLAT_KERNEL,
  gradFunc: (dys) => ({ flat: () => join([dys].flat()) }),
});

tf.registerGradient({
  kernelName: JOIN_FLAT_KERNEL,
  gradFunc: (dy, _saved, attributes) => {
    const { shapes } = attributes as unknown as { shapes: number[][] };
    // Split again for each input, because only the result of one of these functions outlives it.
    return Object.fromEntries(shapes.map((_, i) => [`t${i}`, () => split(dy as tf.Tensor, shapes)[i]]));
  },
});

/** {@link SPLIT_FLAT_KERNEL} if the backend in use has it: parts of these shapes. */
export function split(flat: tf.Tensor, shapes: readonly (readonly number[])[]): tf.Tensor[] {
  const outputs = tf.engine().runKernel(SPLIT_FLAT_KERNEL, { flat }, { shapes } as unknown as tf.NamedAttrMap);
  return [outputs as tf.Tensor | tf.Tensor[]].flat();
}

/** {@link JOIN_FLAT_KERNEL} if the backend in use has it. */
export function join(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  const inputs = Object.fromEntries(tensors.map((tensor, i) => [`t${i}`, tensor]));
  const shapes = tensors.map(({ shape }) => shape);
  return tf.engine().runKernel(JOIN_FLAT_KERNEL, inputs, { shapes } as unknown as tf.NamedAttrMap) as tf.Tensor1D;
}
