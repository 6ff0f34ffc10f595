import * as tf from '@tensorflow/tfjs-core';

/** The engine's record of one tensor's memory. */
export interface TensorRecord {
  backend: tf.KernelBackend;
  dtype: tf.DataType;
  shape: number[];
  bytes: number;
}

/**
 * The parts of TensorFlow.js 4.22.0's engine on which tracing depends. They are not public: the version is pinned, and
 * the tests of this folder fail if one changes.
 */
export interface Engine {
  backendName: string;
  backendInstance: tf.KernelBackend;
  readonly backend: tf.KernelBackend;
  readonly registeredVariables: Record<string, tf.Variable>;
  readonly state: {
    /** Number of nested gradients that are being recorded. */
    readonly gradientDepth: number;
    tensorInfo: {
      has(id: object): boolean;
      get(id: object): TensorRecord;
      set(id: object, record: TensorRecord): void;
    };
    numTensors: number;
    numBytes: number;
    numDataBuffers: number;
  };
  makeVariable(initial: tf.Tensor, trainable?: boolean, name?: string, dtype?: tf.DataType): tf.Variable;
  makeTensorFromTensorInfo(info: tf.TensorInfo, backend?: tf.KernelBackend): tf.Tensor;
  disposeTensor(tensor: tf.Tensor): void;
  keep(tensor: tf.Tensor): tf.Tensor;
  /** Adds a tensor to the current scope, which frees it. */
  track(tensor: tf.Tensor): tf.Tensor;
  readSync(dataId: object): tf.BackendValues;
  read(dataId: object): Promise<tf.BackendValues>;
  startScope(name?: string): void;
  endScope(result?: tf.TensorContainer): void;
}

/** TensorFlow.js's engine, one per process. */
export const engine = (): Engine => tf.engine() as unknown as Engine;

const BYTES: Record<string, number> = { float32: 4, int32: 4, bool: 1 };

/** Bytes that the engine accounts for a tensor. */
const bytesOf = (shape: readonly number[], dtype: string): number =>
  tf.util.sizeFromShape([...shape]) * (BYTES[dtype] ?? 4);

/** Changes the memory of a variable, and the engine's accounting. The previous memory is not changed. */
export function pointAt(variable: tf.Variable, dataId: object, backend: tf.KernelBackend): void {
  const { state } = engine();
  const bytes = bytesOf(variable.shape, variable.dtype);
  (variable as { dataId: object }).dataId = dataId;
  state.numTensors++;
  state.numBytes += bytes;
  if (state.tensorInfo.has(dataId)) return;
  state.numDataBuffers++;
  state.tensorInfo.set(dataId, { backend, dtype: variable.dtype, shape: variable.shape, bytes });
}
