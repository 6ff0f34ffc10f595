import * as tf from '@tensorflow/tfjs-core';

interface CpuBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: tf.TypedArray): tf.TensorInfo;
  readSync(dataId: object): tf.TypedArray;
  disposeIntermediateTensorInfo(info: tf.TensorInfo): void;
}

interface WasmBackend {
  readSync(dataId: object): tf.TypedArray;
  makeOutput(shape: number[], dtype: tf.DataType, memoryOffset?: number, values?: tf.TypedArray): tf.TensorInfo;
}

/**
 * A kernel of the plain JavaScript backend on WebAssembly's memory: inputs are copied there, outputs back. It is not
 * faster than plain JavaScript, but makes gradients that need it work.
 */
function borrowed(cpuKernel: tf.KernelConfig): tf.KernelConfig['kernelFunc'] {
  return ({ inputs, backend, attrs }) => {
    const wasm = backend as WasmBackend;
    const cpu = tf.engine().findBackend('cpu') as unknown as CpuBackend;
    const copies: Record<string, tf.TensorInfo> = {};
    for (const [key, info] of Object.entries(inputs as Record<string, tf.TensorInfo | undefined>)) {
      if (info) copies[key] = cpu.makeTensorInfo(info.shape, info.dtype, wasm.readSync(info.dataId));
    }
    const result = cpuKernel.kernelFunc({ inputs: copies, backend: cpu, attrs });
    const given = Array.isArray(result) ? result : [result];
    const outputs = given.map((info) => {
      const values = tf.util.toTypedArray(cpu.readSync(info.dataId), info.dtype as 'float32');
      return wasm.makeOutput(info.shape, info.dtype, undefined, values);
    });
    for (const info of [...given, ...Object.values(copies)]) cpu.disposeIntermediateTensorInfo(info);
    return Array.isArray(result) ? outputs : outputs[0];
  };
}

/** Registers on WebAssembly every kernel that it lacks and plain JavaScript has, and returns their names. */
export function borrowMissingKernels(): string[] {
  const names: string[] = [];
  for (const kernel of tf.getKernelsForBackend('cpu')) {
    if (tf.getKernel(kernel.kernelName, 'wasm') || kernel.kernelName.startsWith('Heap')) continue;
    tf.registerKernel({ kernelName: kernel.kernelName, backendName: 'wasm', kernelFunc: borrowed(kernel) });
    names.push(kernel.kernelName);
  }
  return names.sort();
}
