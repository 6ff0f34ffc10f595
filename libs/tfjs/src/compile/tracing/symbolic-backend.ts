import * as tf from '@tensorflow/tfjs-core';
import { engine } from '../engine.ts';
import { CompileError } from '../errors.ts';
import type { ActiveTrace } from './active-trace.ts';
import type { GraphType, Value } from './graph.ts';
import { sizeOf } from './graph.ts';
import { callSite } from './source-line.ts';

/** Name of the backend on which functions are traced and compiled functions keep variables. */
export const BACKEND = 'compiled-steps';

/** Memory of one tensor outside of a trace. */
interface Held {
  /** A copy, or the memory itself if nothing else writes to it. */
  read(): tf.BackendValues;
  references: number;
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** A typed array of a dtype. */
export function allocate(dtype: string, length: number): Float32Array | Int32Array | Uint8Array {
  const type = ARRAYS[dtype as keyof typeof ARRAYS];
  if (!type) throw new CompileError('BAD_ARGUMENT', `compile: dtype ${dtype} is not one of float32, int32, bool`);
  return new type(length);
}

/**
 * A backend of TensorFlow.js with two tasks. While a function is traced its tensors are values of a graph, and every read of one is
 * an error. Otherwise it holds the memory of variables that compiled functions write; eager kernels take it from here as from any
 * backend.
 */
export class SymbolicBackend extends tf.KernelBackend {
  /** The trace in progress. */
  trace: ActiveTrace | undefined;
  private readonly symbolic = new Map<object, { readonly value: Value; references: number }>();
  private readonly held = new Map<object, Held>();

  /** Memory of a new tensor that represents a value of the graph. */
  put(value: Value): object {
    const id = {};
    this.symbolic.set(id, { value, references: 1 });
    return id;
  }

  /** The value that a traced tensor represents. */
  symbolOf(id: object): Value | undefined {
    return this.symbolic.get(id)?.value;
  }

  /** Memory outside of a trace, read by `read`. */
  hold(read: () => tf.BackendValues): object {
    const id = {};
    this.held.set(id, { read, references: 1 });
    return id;
  }

  /** Whether the memory belongs to this backend, outside of a trace. */
  holds(id: object): boolean {
    return this.held.has(id);
  }

  /** Forgets the values of a trace. */
  forget(): void {
    this.symbolic.clear();
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    if (!this.trace) {
      const copy = values;
      return this.hold(() => copy);
    }
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
      throw new CompileError(
        'BAD_ARGUMENT',
        `compile: dtype ${dtype} is not one of float32, int32, bool${callSite().where}`,
      );
    }
    return this.put(this.trace.constant(values as tf.TypedArray, shape, dtype as GraphType));
  }

  override move(id: object, values: tf.BackendValues, _shape: number[], _dtype: tf.DataType, references: number): void {
    this.held.set(id, { read: () => values, references });
  }

  override read(id: object): Promise<tf.BackendValues> {
    try {
      return Promise.resolve(this.readSync(id));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  override readSync(id: object): tf.BackendValues {
    const held = this.held.get(id);
    if (held) return held.read();
    const value = this.symbolic.get(id)?.value;
    if (!value) {
      throw new CompileError(
        'OUTSIDE_OF_TRACE',
        'compile: a tensor that was made while a function was traced is used after the trace. Return it from the function instead.',
      );
    }
    if (value.splat !== undefined) {
      return (allocate(value.dtype, sizeOf(value.shape)) as Float32Array).fill(value.splat);
    }
    if (value.data) {
      const copy = allocate(value.dtype, value.data.length);
      copy.set(value.data);
      return copy;
    }
    throw readError(describe(value));
  }

  override disposeData(id: object, force = false): boolean {
    const record = this.held.get(id) ?? this.symbolic.get(id);
    if (!record) return true;
    record.references--;
    if (!force && record.references > 0) return false;
    this.held.delete(id);
    this.symbolic.delete(id);
    return true;
  }

  override refCount(id: object): number {
    return (this.held.get(id) ?? this.symbolic.get(id))?.references ?? 0;
  }

  override incRef(id: object): void {
    const record = this.held.get(id) ?? this.symbolic.get(id);
    if (record) record.references++;
    else engine().state.tensorInfo.get(id)?.backend.incRef(id);
  }

  override numDataIds(): number {
    return this.held.size + this.symbolic.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {}
}

function describe(value: Value): string {
  const what = value.name === undefined ? `the result of ${value.node?.op}` : `the ${value.name}`;
  return `${what}, shape [${value.shape}],`;
}

/** The error for a value that is read while a function is traced. */
export function readError(what: string): CompileError {
  const { where } = callSite();
  return new CompileError(
    'VALUE_READ',
    `compile: the value of ${what} is read inside the compiled function${where}: by dataSync, arraySync, data, print, a comparison ` +
      'or arithmetic of JavaScript. It has none while the function is traced. Use operations of TensorFlow.js (tf.where instead of ' +
      'if, tf.mul instead of *), or return the tensor and read it outside.',
  );
}

let backend: SymbolicBackend | undefined;

/** The trace in progress, if a function is being traced. */
export const currentTrace = (): ActiveTrace | undefined => backend?.trace;

/** The backend, registered on first use. */
export function symbolicBackend(): SymbolicBackend {
  if (!backend) {
    const made = new SymbolicBackend();
    tf.registerBackend(BACKEND, () => made, 0);
    backend = made;
  }
  return backend;
}
