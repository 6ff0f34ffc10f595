import * as tf from '@tensorflow/tfjs-core';

/** The backends whose memory JavaScript can access; heap kernels run on these. */
export type HeapBackendName = 'cpu' | 'wasm';

type Attributes = Record<string, number | boolean | readonly number[]>;

/**
 * A kernel written in plain JavaScript over float32 memory. For networks of a few thousand parameters a call of a
 * kernel costs more than its arithmetic, so that one loop replaces a dozen stock kernels.
 */
export interface HeapKernel {
  readonly name: string;
  /** Shapes of the outputs. */
  shapes(inputs: Readonly<Record<string, tf.TensorInfo>>, attributes: Attributes): number[][];
  /** Fills the outputs (not cleared beforehand) from the inputs. */
  compute(
    inputs: Readonly<Record<string, Float32Array>>,
    outputs: readonly Float32Array[],
    attributes: Attributes,
    infos: Readonly<Record<string, tf.TensorInfo>>,
  ): void;
}

/** Interface of a backend for heap kernels. */
export interface HeapBackend {
  allocate(shape: number[]): tf.TensorInfo;
  /** The memory of a tensor; valid until the next allocation. */
  memory(tensor: tf.TensorInfo): Float32Array;
  dispose(tensor: tf.TensorInfo): void;
}

interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array;
  disposeData(dataId: object): boolean;
}

interface CpuBackend {
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): tf.TensorInfo;
  readonly data: { get(dataId: object): { values: Float32Array } };
  disposeData(dataId: object): boolean;
}

/** Adapts a TensorFlow.js backend. */
export function heapOf(name: HeapBackendName, backend: unknown): HeapBackend {
  if (name === 'wasm') {
    const wasm = backend as WasmBackend;
    return {
      allocate: (shape) => wasm.makeOutput(shape, 'float32'),
      memory: (tensor) => wasm.typedArrayFromHeap(tensor),
      dispose: (tensor) => void wasm.disposeData(tensor.dataId),
    };
  }
  const cpu = backend as CpuBackend;
  return {
    allocate: (shape) => cpu.makeTensorInfo(shape, 'float32', new Float32Array(tf.util.sizeFromShape(shape))),
    memory: (tensor) => cpu.data.get(tensor.dataId).values,
    dispose: (tensor) => void cpu.disposeData(tensor.dataId),
  };
}

/** Registers a kernel, replacing the one of that name if there is one. */
export function replaceKernel(
  kernelName: string,
  backendName: string,
  kernelFunc: tf.KernelConfig['kernelFunc'],
): void {
  if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ kernelName, backendName, kernelFunc });
}

/** Registers a heap kernel on one backend. */
export function registerHeapKernel(backendName: HeapBackendName, kernel: HeapKernel): void {
  let heap: HeapBackend | undefined;
  replaceKernel(kernel.name, backendName, ({ inputs, backend, attrs }) => {
    heap ??= heapOf(backendName, backend);
    const infos = inputs as Record<string, tf.TensorInfo>;
    const attributes = (attrs ?? {}) as Attributes;
    const outputs = kernel.shapes(infos, attributes).map(heap.allocate);
    // Memory is looked up after every allocation: growing the WebAssembly heap detaches earlier views.
    const memories: Record<string, Float32Array> = {};
    for (const key in infos) memories[key] = heap.memory(infos[key]);
    kernel.compute(memories, outputs.map(heap.memory), attributes, infos);
    return outputs.length === 1 ? outputs[0] : outputs;
  });
}

/** Whether the backend in use has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs a kernel with one output by its name, recorded for differentiation. */
export function runKernel(name: string, inputs: Record<string, tf.Tensor>, attributes: Attributes = {}): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as unknown as tf.NamedAttrMap) as tf.Tensor;
}
